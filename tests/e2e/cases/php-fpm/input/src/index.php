<?php
require __DIR__ . '/lib/greeter.php';
header('Content-Type: text/plain');
echo greet('web'), ' ', ini_get('memory_limit'), "\n";
