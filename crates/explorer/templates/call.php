<?php
// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs PHP 7 or later with its openssl extension.
//
//   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//   php call.php
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.

declare(strict_types=1);

const ENDPOINT = '{{endpoint}}';
const HOST = '{{host}}'; // with the port, unless it is the scheme's own
const SERVICE = '{{service}}';
const ACTION = '{{action}}';
const VERSION = '{{version}}';
{{answer}}const BODY ={{body}};

/** Gives the value of the header Authorization. */
function authorization(string $secretId, string $secretKey, int $timestamp, string $contentType): string
{
    // The date of the very same timestamp, in UTC: gmdate, not date. They differ for hours every day.
    $date = gmdate('Y-m-d', $timestamp);
    $scope = $date . '/' . SERVICE . '/tc3_request';

    $signedHeaders = 'content-type;host';
    $canonicalRequest = implode("\n", [
        'POST',
        '/',
        '', // the query
        'content-type:' . $contentType,
        'host:' . HOST,
        '', // the headers' last line feed, and then a blank line
        $signedHeaders,
        hash('sha256', BODY),
    ]);
    $stringToSign = implode("\n", ['TC3-HMAC-SHA256', $timestamp, $scope, hash('sha256', $canonicalRequest)]);

    $key = 'TC3' . $secretKey;
    foreach ([$date, SERVICE, 'tc3_request'] as $step) {
        $key = hash_hmac('sha256', $step, $key, true);
    }
    $signature = hash_hmac('sha256', $stringToSign, $key);
    return "TC3-HMAC-SHA256 Credential=$secretId/$scope, SignedHeaders=$signedHeaders, Signature=$signature";
}

function fail(string $why): void
{
    fwrite(STDERR, $why . "\n");
    exit(1);
}

$secretId = (string) getenv('TENCENTCLOUD_SECRET_ID');
$secretKey = (string) getenv('TENCENTCLOUD_SECRET_KEY');
$token = (string) getenv('TENCENTCLOUD_TOKEN');
if ($secretId === '' || $secretKey === '') {
    fail('TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set');
}

// Signed, so it is sent exactly as it stands here.
$contentType = 'application/json';
$timestamp = time();
$headers = [
    'Authorization: ' . authorization($secretId, $secretKey, $timestamp, $contentType),
    'Content-Type: ' . $contentType,
    'Host: ' . HOST,
    'X-TC-Action: ' . ACTION,
    'X-TC-Version: ' . VERSION,
    'X-TC-Timestamp: ' . $timestamp,
    'Connection: close',
];
if ($token !== '') {
    $headers[] = 'X-TC-Token: ' . $token;
}

$context = stream_context_create(['http' => [
    'method' => 'POST',
    'protocol_version' => 1.1,
    'header' => $headers,
    // The bytes that were signed. json_encode of the same value again would break the signature.
    'content' => BODY,
    'timeout' => 60,
    'follow_location' => 0,
    'ignore_errors' => true, // a body is printed whatever the status is
]]);
$reply = @file_get_contents(ENDPOINT . '/', false, $context);
if ($reply === false) {
    fail('not sent, or no answer came: ' . (error_get_last()['message'] ?? 'no reason is known'));
}
// A refusal comes with status 200, too: look for Response.Error in what is printed.
echo $reply;
