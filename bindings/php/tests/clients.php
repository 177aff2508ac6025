<?php

// Clients, over HTTP to a service that says no: kept connections, forks, and what is told before anything is sent. Pictures.
// Part of test.php.

declare(strict_types=1);

use Cardseal\Client;
use Cardseal\Credentials;
use Cardseal\Error;
use Cardseal\Recipient;

use function Cardseal\prepare;

/** A process that says no to every request, keeps connections open, and tells how many of both it saw. */
const SERVICE = <<<'PHP'
    $listener = stream_socket_server('tcp://127.0.0.1:0');
    echo stream_socket_get_name($listener, false), "\n";
    $open = [];
    $connections = $requests = 0;
    $no = '{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}';
    while (true) {
        $ready = [STDIN, $listener, ...array_column($open, 0)];
        $none = null;
        stream_select($ready, $none, $none, null);
        foreach ($ready as $one) {
            if ($one === STDIN) {
                if (fgets(STDIN) === false) {
                    exit(0);
                }
                echo "$requests $connections\n";
            } elseif ($one === $listener) {
                $new = stream_socket_accept($listener);
                $open[(int) $new] = [$new, ''];
                $connections++;
            } else {
                $more = fread($one, 65536);
                if ($more === '' || $more === false) {
                    unset($open[(int) $one]);
                    fclose($one);
                    continue;
                }
                $open[(int) $one][1] .= $more;
                $text = $open[(int) $one][1];
                $head = strpos($text, "\r\n\r\n");
                if ($head !== false && preg_match('~content-length: *(\d+)~i', $text, $length) && strlen($text) >= $head + 4 + $length[1]) {
                    $open[(int) $one][1] = '';
                    $requests++;
                    $size = strlen($no);
                    fwrite($one, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: $size\r\n\r\n$no");
                }
            }
        }
    }
    PHP;

$service = proc_open([PHP_BINARY, '-r', SERVICE], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
$endpoint = 'http://' . trim(fgets($pipes[1]));
$seen = static function () use ($pipes): string {
    fwrite($pipes[0], "\n");
    return trim(fgets($pipes[1]));
};
$url = 'https://h.example/card.jpg';

$client = new Client('tencent', new Credentials('id', 'key', token: 'token'), endpoint: $endpoint);
for ($round = 0; $round < 5; $round++) {
    try {
        $client->recognize($recipient, url: $url);
        check(false, "the service's no is thrown");
    } catch (Error $error) {
        check([$error->kind, $error->getCode()] === ['service', 7], "the kind of the service's no");
        check([$error->serviceCode, $error->requestId] === ['FailedOperation.ImageBlur', 'r-1'], 'its code and request id');
    }
}
check($seen() === '5 1', 'connections are kept between calls');

// A forked process, as a worker of PHP-FPM is, has connections of its own.
$child = pcntl_fork();
if ($child === 0) {
    $right = thrown(fn () => $client->recognize($recipient, url: $url)) === 'service 7';
    posix_kill(posix_getpid(), $right ? SIGTERM : SIGKILL);
}
pcntl_waitpid($child, $status);
check(pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGTERM, 'a forked process calls');
check(thrown(fn () => $client->recognize($recipient, url: $url)) === 'service 7', 'and its parent after it');
check($seen() === '7 2', 'on a connection of its own');

// What is wrong is told before anything is sent.
check(thrown(fn () => new Client('nowhere')) === 'input 2', 'an unknown cloud');
check(thrown(fn () => new Client('huawei')) === 'input 2', 'no project');
check(thrown(fn () => new Client("\xff")) === 'input 2', 'a cloud that is no text');
check(thrown(fn () => new Credentials('', 'key')) === 'credential 4', 'no id');
check(thrown(fn () => new Credentials('id', "a\0b")) === 'input 2', 'a zero in a secret');
check(thrown(fn () => Credentials::ofEnvironment('nowhere')) === 'input 2', "nobody's credentials");
check(thrown(fn () => $client->recognize(null, url: $url)) === 'input 2', 'no recipient');
check(thrown(fn () => $client->recognize($recipient)) === 'input 2', 'no picture');
check(thrown(fn () => $client->recognize($recipient, image: '')) === 'input 2', 'an empty picture');
check(thrown(fn () => $client->recognize($recipient, image: 'BM', url: $url)) === 'input 2', 'two pictures');
check(thrown(fn () => $client->recognize($recipient, url: $url, side: 'top')) === 'input 2', 'no such side');
check(thrown(fn () => $client->recognize($sm2, url: $url)) === 'TypeError', 'a key is no recipient');
check($seen() === '7 2', 'nothing of that was sent');

// Credentials show nothing.
$credentials = new Credentials('id', 'a-secret-of-the-test');
ob_start();
var_dump($credentials);
print_r($credentials);
$shown = ob_get_clean() . json_encode($credentials);
check(!str_contains($shown, 'a-secret') && !str_contains($shown, 'CData'), 'credentials show nothing');
check(thrown(fn () => clone $credentials) === 'Error', 'credentials are not cloned');
check(thrown(fn () => serialize($credentials)) === 'LogicException', 'credentials are not serialized');

// An exception between two calls leaves the library whole, and so does a client that goes in the middle of it.
check(thrown(function () use ($endpoint, $recipient) {
    $gone = new Client('tencent', new Credentials('id', 'key'), endpoint: $endpoint);
    $sealed = $recipient->seal('{}');
    throw new DomainException('planted');
}) === 'DomainException', 'an exception of the caller');
check($recipient->seal('{}')->body !== '', 'and the library goes on');

// A picture is made to fit.
$photo = file_get_contents(__DIR__ . '/../../../crates/prepare/tests/images/phone.jpg');
['image' => $picture, 'report' => $report] = prepare($photo, quality: 60);
check($report['changed'] && $report['input']['bytes'] === strlen($photo), 'a photo is changed');
check($report['output']['bytes'] === strlen($picture), 'the report has its length');
check(prepare($picture)['image'] === $picture, 'what is ready stays');
check(thrown(fn () => prepare('text')) === 'input 2', 'text is no picture');
check(thrown(fn () => prepare($photo, quality: 0)) === 'input 2', 'no quality');
check(thrown(fn () => prepare($photo, maxBytes: 10)) === 'input 2', 'too small a limit');

fclose($pipes[0]);
check(proc_close($service) === 0, 'the service ends');
