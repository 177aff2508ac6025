<?php

declare(strict_types=1);

namespace Cardseal;

/** What went wrong: the message says what happened and what to do. getCode() is the exit code of the command line. */
final class Error extends \RuntimeException
{
    /** What answers opened to, by their errors: apart from them, so that nothing that shows an error shows it. */
    private static ?\WeakMap $opened = null;

    /**
     * @param string $kind input, key, credential, signing, transport, throttled, service, protocol, open, provider or bug
     * @param ?string $serviceCode the service's own code, such as FailedOperation.ImageBlur
     * @param ?string $requestId the service's id of the request
     * @param ?string $openedText what openedText() gives
     */
    public function __construct(
        string $message,
        int $exitCode,
        public readonly string $kind,
        public readonly ?string $serviceCode = null,
        public readonly ?string $requestId = null,
        #[\SensitiveParameter] ?string $openedText = null,
    ) {
        parent::__construct($message, $exitCode);
        if ($openedText !== null) {
            self::$opened ??= new \WeakMap();
            self::$opened[$this] = $openedText;
        }
    }

    /**
     * What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
     * personal data; null for every other error.
     */
    public function openedText(): ?string
    {
        return self::$opened[$this] ?? null;
    }
}
