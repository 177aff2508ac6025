<?php

// What is written in PHP today: its OpenSSL extension. It has neither SM2 encryption nor SM4-GCM. Asked as
// bindings/conformance asks.

declare(strict_types=1);

ini_set('memory_limit', '1G');

function seal(OpenSSLAsymmetricKey $recipient, string $plain): string
{
    $key = random_bytes(32);
    $iv = random_bytes(16);
    $sealed = openssl_encrypt($plain, 'aes-256-cbc', $key, OPENSSL_RAW_DATA, $iv);
    openssl_public_encrypt($key, $wrapped, $recipient, OPENSSL_PKCS1_PADDING);
    return json_encode([
        'EncryptedBody' => base64_encode($sealed),
        'Encryption' => [
            'CiphertextBlob' => base64_encode($wrapped),
            'Iv' => base64_encode($iv),
            'Algorithm' => 'AES-256-CBC',
            'TagList' => [],
            'EncryptList' => ['EncryptedBody'],
        ],
    ], JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}

while (($line = fgets(STDIN)) !== false) {
    [$verb, $key, $first, $second] = [
        ...array_map(static fn (string $word): string => hex2bin(substr($word, 1)), explode("\t", rtrim($line, "\n"))),
        null,
    ];
    $recipient = openssl_pkey_get_public(base64_decode($key));
    if ($verb === 'seal') {
        echo "ok\t=", bin2hex(seal($recipient, $first)), "\n";
        continue;
    }
    $plain = str_repeat('x', (int) $first);
    for ($round = (int) $second; $round > 0; $round--) {
        seal($recipient, $plain);
    }
    echo "ok\n";
}
