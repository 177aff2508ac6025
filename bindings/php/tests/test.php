<?php

// What a PHP program can rely on. Every check is counted; the last line says how many held.

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

use Cardseal\Error;
use Cardseal\Library;
use Cardseal\Opener;
use Cardseal\Recipient;

use function Cardseal\recognize;
use function Cardseal\sign;

const VECTORS = __DIR__ . '/../../../vectors';

$passed = $failed = 0;

function check(bool $holds, string $what): void
{
    global $passed, $failed;
    $holds ? $passed++ : $failed++;
    if (!$holds) {
        fwrite(STDERR, 'line ' . debug_backtrace()[0]['line'] . ": not so: $what\n");
    }
}

/** The kind and the exit code of what is thrown, or the class of what is no error of the library's. */
function thrown(callable $call): string
{
    try {
        $call();
    } catch (Error $error) {
        return "$error->kind {$error->getCode()}";
    } catch (\Throwable $error) {
        return $error::class;
    }
    return 'nothing';
}

$sm2 = file_get_contents(VECTORS . '/keys/tencent-demo-sm2.b64');
$rsa = file_get_contents(VECTORS . '/keys/tencent-demo-rsa.b64');
$recipient = Recipient::parse($sm2);

check($recipient->suite() === 'SM4-GCM', 'an SM2 key chooses SM4-GCM');
check(Recipient::parse($rsa)->suite() === 'AES-256-CBC', 'an RSA key chooses AES-256-CBC');
foreach (['no key', '', "a\0b"] as $wrong) {
    check(thrown(fn () => Recipient::parse($wrong)) === 'key 3', 'what is no key is refused');
}
check(thrown(fn () => Recipient::parse(null)) === 'TypeError', 'null is no text');

// A body is sealed, and its answer opened once.
$sealed = $recipient->seal('{"a":1}');
check(array_keys(json_decode($sealed->body, true)) === ['EncryptedBody', 'Encryption'], 'the body to send');
check(thrown(fn () => $sealed->opener->open('{}')) === 'open 8', 'what is no answer is not opened');
check(thrown(fn () => $sealed->opener->open('{}')) === 'input 2', 'an opener is used once');
check(thrown(fn () => $sealed->opener->store()) === 'input 2', 'a used opener is not stored');

// The samples of the service's guide.
foreach (['sm4', 'aes'] as $name) {
    [$head, $reply] = explode("\n\n", file_get_contents(VECTORS . "/scenarios/open/$name-opens-guide-sample.txt"), 2);
    $headers = [];
    foreach (explode("\n", $head) as $line) {
        [$header, $value] = explode(': ', $line, 2);
        $headers[$header] = $value;
    }
    $key = base64_encode(hex2bin($headers['key']));
    $stored = json_encode(
        ['Algorithm' => $headers['algorithm'], 'Key' => $key, 'Iv' => base64_encode(hex2bin($headers['iv']))],
        JSON_UNESCAPED_SLASHES,
    );
    check(Opener::restore($stored)->open($reply) === base64_decode($headers['plaintext']), "the guide's $name sample opens");

    // An opener shows nothing.
    $opener = Opener::restore($stored);
    ob_start();
    var_dump($opener);
    print_r($opener);
    $shown = ob_get_clean() . json_encode($opener);
    check(!str_contains($shown, $key) && !str_contains($shown, 'CData'), 'an opener shows nothing');
    check(thrown(fn () => clone $opener) === 'Error', 'an opener is not cloned');
    check(thrown(fn () => serialize($opener)) === 'LogicException', 'an opener is not serialized');
    check($opener->store() === $stored || str_contains(Opener::restore($stored)->store(), $key), 'an opener is stored');
}
check(thrown(fn () => Opener::restore('{}')) === 'input 2', 'what is no opener is not restored');

// A body in pieces.
foreach (['sm2', 'rsa'] as $name) {
    $recipient = Recipient::parse(file_get_contents(VECTORS . "/keys/tencent-demo-$name.b64"));
    foreach ([0, 7, 49_000, 150_000] as $size) {
        [$body, $lengths] = ['', []];
        $opener = $recipient->sealTo(function (string $piece, int $length) use (&$body, &$lengths) {
            $body .= $piece;
            $lengths[$length] = true;
        }, str_repeat('x', $size));
        check(array_keys($lengths) === [strlen($body)], 'each piece comes with the length of all');
        $read = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
        check(array_keys($read) === ['EncryptedBody', 'Encryption'], 'the pieces are a body');
        check(strlen(base64_decode($read['EncryptedBody'], true)) >= $size, 'all of it');
        check($opener instanceof Opener, 'and there is its opener');
    }
}
$before = memory_get_usage();
for ($round = 0; $round < 200; $round++) {
    $broke = thrown(fn () => $recipient->sealTo(fn () => throw new \LogicException('mine'), str_repeat('x', 100_000)));
    check($broke === 'LogicException', 'an exception of whoever writes comes out');
}
check(memory_get_usage() - $before < 100_000, 'and leaves nothing');

// What a billed answer opened to: a card whose end is missing, under the right tag.
const CUT = '{"Name":"张三","Sex":"男","Nation":"汉","Birth":"1990/3/7","Address":"某省某市某路1号","IdNum":"99010119900307123X","Authority":"","ValidDate":"","AdvancedInfo":"{}"';
const CUT_OPENER = '{"Algorithm":"SM4-GCM","Key":"zf7Xi6bZTh+6J3NqUpdQGA==","Iv":"biFnYHptigWTkjw9"}';

function unread(): Error
{
    [, $reply] = explode("\n\n", file_get_contents(VECTORS . '/scenarios/open/sm4-json-cut.txt'), 2);
    try {
        Opener::restore(CUT_OPENER)->open($reply);
    } catch (Error $error) {
        return $error;
    }
    throw new \LogicException('it opened');
}

$error = unread();
check([$error->kind, $error->getCode(), $error->openedText()] === ['protocol', 8, CUT], 'what an answer opened to');
check(unread()->openedText() === CUT && $error->openedText() === CUT, 'each error has its own');
try {
    Opener::restore(CUT_OPENER)->open('{}');
} catch (Error $none) {
    check($none->openedText() === null, 'an answer that does not open has none');
}
$wrapped = new \RuntimeException('wrapped', 0, $error);
ob_start();
var_dump($error, (array) $error, get_object_vars($error), $wrapped);
print_r($error);
print_r($wrapped);
print_r($error->getTrace());
$shown = ob_get_clean() . json_encode($error) . serialize($error) . serialize($wrapped) . $error . $wrapped
    . $error->getTraceAsString() . var_export($error, true) . json_encode(unserialize(serialize($error)));
check(str_contains($shown, 'protocol'), 'the error is shown');
check(!str_contains($shown, '99010119900307123X'), 'what an answer opened to is shown by nothing');
check(unserialize(serialize($error))->openedText() === null, 'it is not serialized');
check(thrown(fn () => clone $error) === 'Error', 'an error is not cloned');
$before = memory_get_usage();
for ($round = 0; $round < 2000; $round++) {
    unread();
}
check(memory_get_usage() - $before < 100_000, 'what an answer opened to goes with its error');

// What was made by nobody is no handle, and does no harm when it goes.
foreach ([Opener::class, Recipient::class, \Cardseal\Client::class, \Cardseal\Credentials::class] as $class) {
    $empty = (new \ReflectionClass($class))->newInstanceWithoutConstructor();
    $gone = thrown(function () use (&$empty) {
        $empty = null;
    });
    check($gone === 'nothing', "an empty $class goes");
    $read = thrown(fn () => unserialize(sprintf('O:%d:"%s":0:{}', strlen($class), $class)));
    check($read === 'LogicException', "a $class is not unserialized");
}

// The service's no.
try {
    $recipient->seal('')->opener->open(
        '{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}',
    );
    check(false, "the service's no is thrown");
} catch (Error $error) {
    check([$error->kind, $error->getCode()] === ['service', 7], "the kind of the service's no");
    check([$error->serviceCode, $error->requestId] === ['FailedOperation.ImageBlur', 'r-1'], 'its code and request id');
}

// The published example of a signature.
$folder = VECTORS . '/sign/tc3-hmac-sha256/t1-documentation-2019';
$request = file_get_contents("$folder/request.txt");
$example = ['AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', 1551113065, ['content-type', 'host']];
$signed = sign('tc3-hmac-sha256', $request, ...$example);
foreach (['canonical_request', 'string_to_sign', 'signature'] as $stage) {
    $file = "$folder/" . str_replace('_', '-', $stage) . '.txt';
    check($signed[$stage] === file_get_contents($file), "$stage as published");
}
check(isset($signed['headers']['authorization']), 'the header to send');
check(abs(sign('tc3-hmac-sha256', $request, 'id', 'key')['headers']['x-tc-timestamp'] - time()) < 60, 'now is the time');
check(thrown(fn () => sign('rot13', $request, ...$example)) === 'input 2', 'an unknown scheme');
check(thrown(fn () => sign('tc3-hmac-sha256', $request, '', 'key')) === 'credential 4', 'no id');
check(thrown(fn () => sign('tc3-hmac-sha256', $request, 'id', "a\0b")) === 'input 2', 'a zero in a text');
check(thrown(fn () => sign('tc3-hmac-sha256', $request, 'id', 'key', -1)) === 'input 2', 'a negative time');

// What is wrong with a call is told before anything is sent.
$url = 'https://h.example/a';
check(thrown(fn () => recognize('nowhere')) === 'input 2', 'an unknown cloud');
check(thrown(fn () => recognize('tencent', url: $url)) === 'input 2', 'no key');
check(thrown(fn () => recognize('tencent', key: $sm2)) === 'input 2', 'no picture');
check(thrown(fn () => recognize('tencent', key: $sm2, url: $url, image: 'BM')) === 'input 2', 'two pictures');
check(thrown(fn () => recognize('tencent', key: "\xff", url: $url)) === 'input 2', 'a key that is no text');
check(thrown(fn () => recognize('tencent', key: 'x', url: $url)) === 'key 3', 'a key that is none');
$nobody = ['key' => $sm2, 'url' => $url, 'endpoint' => 'http://127.0.0.1:1', 'secretId' => 'i', 'secretKey' => 'k'];
check(thrown(fn () => recognize('tencent', ...$nobody, deadlineMs: 2000)) === 'transport 5', 'nobody there');

// A secret is in no trace.
try {
    sign('rot13', $request, 'id', 'a-secret-of-the-test');
} catch (Error $error) {
    $secret = PHP_VERSION_ID < 80200 || !str_contains(print_r($error->getTrace(), true), 'a-secret-of-the-test');
    check($secret, 'a secret is in no trace');
}

// What is forgotten is freed, in any order.
for ($round = 0; $round < 200; $round++) {
    $forgotten = $recipient->seal('{}');
    unset($forgotten);
}
$last = Recipient::parse($rsa)->seal('{}');
check(thrown(fn () => $last->opener->open('{}')) === 'open 8', 'an opener outlives its recipient');

// A forked process goes on, as the workers of PHP-FPM do.
if (function_exists('pcntl_fork')) {
    $child = pcntl_fork();
    if ($child === 0) {
        $here = str_contains($recipient->seal('{}')->body, 'EncryptedBody');
        // Ends without the destructors of what belongs to the parent.
        posix_kill(posix_getpid(), $here ? SIGTERM : SIGKILL);
    }
    pcntl_waitpid($child, $status);
    check(pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGTERM, 'a forked process seals');
} else {
    check(false, 'pcntl is needed for this test');
}

require __DIR__ . '/clients.php';

// The functions are those of the header.
$header = file_get_contents(__DIR__ . '/../../../crates/ffi/include/cardseal.h');
$header = preg_replace(['~/\*.*?\*/~s', '~^#.*$~m', '~uint8_t~', '~\s+~'], ['', '', 'char', ' '], $header);
$lines = array_map(trim(...), explode("\n", Library::FUNCTIONS));
foreach (array_slice($lines, 5) as $line) {
    check(str_contains($header, $line), "the header has $line");
}
check(count($lines) - 5 === preg_match_all('~cardseal_[a-z_]+\(~', $header), 'as many functions as the header has');

echo "$passed passed, $failed failed\n";
exit($failed === 0 ? 0 : 1);
