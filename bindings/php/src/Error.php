<?php

declare(strict_types=1);

namespace Cardseal;

/** What went wrong: the message says what happened and what to do. getCode() is the exit code of the command line. */
final class Error extends \RuntimeException
{
    /**
     * @param string $kind input, key, credential, signing, transport, throttled, service, protocol, open, provider or bug
     * @param ?string $serviceCode the service's own code, such as FailedOperation.ImageBlur
     * @param ?string $requestId the service's id of the request
     */
    public function __construct(
        string $message,
        int $exitCode,
        public readonly string $kind,
        public readonly ?string $serviceCode = null,
        public readonly ?string $requestId = null,
    ) {
        parent::__construct($message, $exitCode);
    }
}
