<?php

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

use Notes\Repository;

$notes = new Repository(new PDO(getenv('DATABASE_DSN') ?: 'pgsql:host=db;dbname=notes;user=notes'));

header('Content-Type: application/json');

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $body = trim((string) file_get_contents('php://input'));
    if ($body === '') {
        http_response_code(400);
        echo json_encode(['error' => 'the note is empty']);
        exit;
    }
    $notes->add($body);
    http_response_code(201);
}

echo json_encode($notes->latest());
