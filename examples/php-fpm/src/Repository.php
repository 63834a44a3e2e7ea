<?php

declare(strict_types=1);

namespace Notes;

use PDO;

final class Repository
{
    public function __construct(private readonly PDO $database)
    {
        $this->database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $this->database->exec('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, body TEXT NOT NULL)');
    }

    /** @return list<array{id: int, body: string}> */
    public function latest(int $limit = 20): array
    {
        $statement = $this->database->prepare('SELECT id, body FROM notes ORDER BY id DESC LIMIT :limit');
        $statement->bindValue('limit', $limit, PDO::PARAM_INT);
        $statement->execute();

        return $statement->fetchAll(PDO::FETCH_ASSOC);
    }

    public function add(string $body): void
    {
        $this->database->prepare('INSERT INTO notes (body) VALUES (:body)')->execute(['body' => $body]);
    }
}
