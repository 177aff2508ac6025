<?php

// The PHP side of bindings/conformance: a question a line on stdin, an answer a line on stdout.

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

use Cardseal\Client;
use Cardseal\Credentials;
use Cardseal\Opener;
use Cardseal\Recipient;

ini_set('memory_limit', '1G');
$held = null;

function answer(string $verb, array $f): array
{
    global $held;
    switch ($verb) {
        case 'parse':
            return [Recipient::parse($f[0])->suite()];
        case 'seal':
            $sealed = Recipient::parse($f[0])->seal($f[1]);
            return [$sealed->body, $sealed->opener->store()];
        case 'hold':
            $sealed = Recipient::parse($f[0])->seal($f[1]);
            $held = $sealed->opener;
            return [$sealed->body];
        case 'answer':
            return [$held->open($f[0])];
        case 'open':
            return [Opener::restore($f[0])->open($f[1])];
        case 'restore':
            return [Opener::restore($f[0])->store()];
        case 'sign':
            $names = $f[5] === null ? null : explode(';', $f[5]);
            return [json_encode(Cardseal\sign($f[0], $f[1], $f[2], $f[3], (int) $f[4], $names))];
        case 'recognize':
            return [json_encode(Cardseal\recognize($f[0], endpoint: $f[1], region: $f[2], side: $f[3], key: $f[4], url: $f[5],
                image: $f[6], secretId: $f[7], secretKey: $f[8]))];
        case 'client':
            $client = new Client('tencent', new Credentials($f[5], $f[6]), endpoint: $f[0]);
            $recipient = Recipient::parse($f[2]);
            $card = ['url' => $f[3], 'image' => $f[4], 'side' => $f[1]];
            return [json_encode($client->recognize($recipient, ...$card)), json_encode($client->recognize($recipient, ...$card))];
        case 'spin':
            $recipient = Recipient::parse($f[0]);
            $plain = str_repeat('x', (int) $f[1]);
            for ($round = (int) $f[2]; $round > 0; $round--) {
                $recipient->seal($plain);
            }
            return [];
        case 'spin into':
            $recipient = Recipient::parse($f[0]);
            $plain = str_repeat('x', (int) $f[1]);
            for ($round = (int) $f[2]; $round > 0; $round--) {
                $recipient->sealTo(fn (string $piece) => null, $plain);
            }
            return [];
        case 'prepare':
            $made = Cardseal\prepare($f[0], quality: 60);
            return [$made['image'], json_encode($made['report'])];
    }
    throw new LogicException("no such verb: $verb");
}

while (($line = fgets(STDIN)) !== false) {
    $fields = array_map(
        static fn (string $word): ?string => $word === '-' ? null : hex2bin(substr($word, 1)),
        explode("\t", rtrim($line, "\n")),
    );
    try {
        $words = ['ok', ...answer(array_shift($fields), $fields)];
    } catch (Cardseal\Error $error) {
        $words = ['error', chr($error->getCode()), $error->kind, $error->serviceCode, $error->requestId, $error->getMessage(), $error->openedText()];
    }
    $first = array_shift($words);
    $shown = array_map(static fn (?string $word): string => $word === null ? '-' : '=' . bin2hex($word), $words);
    echo implode("\t", [$first, ...$shown]), "\n";
}
