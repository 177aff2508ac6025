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
    return Library::json($json);
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
    $options = Library::options([
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
    ]);
    $json = Library::place();
    Library::check(Library::load()->cardseal_recognize($options, FFI::addr($json)));
    return Library::json($json);
}

/**
 * Makes a picture fit for the services: upright, without metadata, in sRGB, small enough.
 *
 * @return array{image: string, report: array{input: array<string, mixed>, output: array<string, mixed>, changed: bool}}
 */
function prepare(
    #[\SensitiveParameter] string $image,
    ?int $maxBytes = null,
    ?int $maxSide = null,
    ?int $quality = null,
): array {
    $limits = Library::options(['max_bytes' => $maxBytes, 'max_side' => $maxSide, 'quality' => $quality]);
    $made = Library::place();
    $report = Library::place();
    Library::check(
        Library::load()->cardseal_prepare($image, strlen($image), $limits, FFI::addr($made), FFI::addr($report)),
    );
    return ['image' => Library::take($made), 'report' => Library::json($report)];
}
