<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;

/**
 * Signs an HTTP/1.1 request given as text. $time is in Unix seconds, now where it is null; $signedHeaders are names, the
 * scheme's own where it is null.
 *
 * @param ?list<string> $signedHeaders
 * @return array{canonical_request: string, string_to_sign: string, signature: string, headers: array<string, string>,
 *     query?: string, body?: string}
 */
function sign(
    string $scheme,
    string $request,
    string $secretId,
    #[\SensitiveParameter] string $secretKey,
    ?int $time = null,
    ?array $signedHeaders = null,
): array {
    $json = Library::place();
    Library::check(Library::load()->cardseal_sign(
        Library::text($scheme),
        $request,
        strlen($request),
        Library::text($secretId),
        Library::text($secretKey),
        $time ?? time(),
        $signedHeaders === null ? null : Library::text(implode(';', $signedHeaders)),
        FFI::addr($json),
    ));
    return json_decode(Library::take($json), true, flags: JSON_THROW_ON_ERROR);
}

/**
 * Recognises one ID card: seals, signs, sends, opens. It blocks, 60 seconds at most unless $deadlineMs says otherwise.
 * $image is the picture's bytes, $key Tencent's public key as the service hands it out. Without $secretId and $secretKey
 * the credentials come from the environment.
 *
 * @return array{request_id: string, result: array<mixed>, iv_reused?: bool, authenticated?: bool}
 */
function recognize(
    string $cloud,
    #[\SensitiveParameter] ?string $image = null,
    ?string $url = null,
    ?string $key = null,
    ?string $side = null,
    ?string $endpoint = null,
    ?string $region = null,
    ?string $secretId = null,
    #[\SensitiveParameter] ?string $secretKey = null,
    #[\SensitiveParameter] ?string $token = null,
    #[\SensitiveParameter] ?string $appKey = null,
    ?string $projectId = null,
    ?int $deadlineMs = null,
): array {
    $options = array_filter([
        'cloud' => $cloud,
        'image' => $image === null ? null : base64_encode($image),
        'url' => $url,
        'key' => $key,
        'side' => $side,
        'endpoint' => $endpoint,
        'region' => $region,
        'secret_id' => $secretId,
        'secret_key' => $secretKey,
        'token' => $token,
        'app_key' => $appKey,
        'project_id' => $projectId,
        'deadline_ms' => $deadlineMs,
    ], static fn (mixed $value): bool => $value !== null);
    try {
        $options = json_encode($options, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    } catch (\JsonException) {
        throw new Error('an option is not UTF-8; only image takes bytes', 2, 'input');
    }
    $json = Library::place();
    Library::check(Library::load()->cardseal_recognize($options, FFI::addr($json)));
    return json_decode(Library::take($json), true, flags: JSON_THROW_ON_ERROR);
}
