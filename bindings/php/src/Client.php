<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;
use FFI\CData;

/**
 * Recognises cards at one cloud, and keeps its connections between calls. A process that was forked off has connections of
 * its own.
 */
final class Client
{
    private CData $handle;

    /** Without credentials they come from the environment. $deadlineMs is each call's, 60 seconds without it. */
    public function __construct(
        string $cloud,
        ?Credentials $credentials = null,
        ?string $endpoint = null,
        ?string $region = null,
        ?string $projectId = null,
        ?int $deadlineMs = null,
    ) {
        $c = Library::load();
        $options = Library::options([
            'cloud' => $cloud,
            'endpoint' => $endpoint,
            'region' => $region,
            'project_id' => $projectId,
            'deadline_ms' => $deadlineMs,
        ]);
        $this->handle = $c->new('cardseal_client *');
        Library::check($c->cardseal_client_new($options, $credentials?->handle(), FFI::addr($this->handle)));
    }

    /**
     * Recognises one ID card: seals, signs, sends, opens. It blocks. The recipient is Tencent's key; the other clouds take
     * none.
     *
     * @return array{request_id: string, result: array<mixed>, iv_reused?: bool, authenticated?: bool}
     */
    public function recognize(
        ?Recipient $recipient = null,
        #[\SensitiveParameter] ?string $image = null,
        ?string $url = null,
        ?string $side = null,
    ): array {
        $json = Library::place();
        Library::check(Library::load()->cardseal_client_recognize(
            $this->handle,
            $recipient?->handle(),
            $image,
            strlen($image ?? ''),
            $url === null ? null : Library::text($url),
            $side === null ? null : Library::text($side),
            FFI::addr($json),
        ));
        return Library::json($json);
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            Library::load()->cardseal_client_free($this->handle);
        }
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \LogicException('a client is not serialized; make one where it is needed');
    }

    /** Text from elsewhere makes none of these. */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('a client is not unserialized; make one where it is needed');
    }
}
