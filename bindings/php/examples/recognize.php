<?php

// Recognises the card in a picture: recognize.php KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

if ($argc < 3) {
    fwrite(STDERR, "usage: recognize.php KEY-FILE PICTURE [ENDPOINT]\n");
    exit(2);
}
try {
    $card = Cardseal\recognize(
        'tencent',
        key: file_get_contents($argv[1]),
        image: file_get_contents($argv[2]),
        endpoint: $argv[3] ?? null,
    );
    echo json_encode($card, JSON_UNESCAPED_UNICODE), "\n";
} catch (Cardseal\Error $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit($error->getCode());
}
