<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;
use FFI\CData;

/** The service's public key, parsed and checked. The key chooses the suite. */
final class Recipient
{
    private function __construct(private readonly CData $handle)
    {
    }

    /** Takes the key in any form the service hands it out in. */
    public static function parse(string $key): self
    {
        $c = Library::load();
        $handle = $c->new('cardseal_recipient *');
        Library::check($c->cardseal_recipient_parse($key, strlen($key), FFI::addr($handle)));
        return new self($handle);
    }

    /** "AES-256-CBC" or "SM4-GCM". */
    public function suite(): string
    {
        return (string) Library::load()->cardseal_recipient_suite($this->handle);
    }

    /** Seals a request's body. */
    public function seal(#[\SensitiveParameter] string $plain): Sealed
    {
        $c = Library::load();
        $body = Library::place();
        $opener = $c->new('cardseal_opener *');
        Library::check($c->cardseal_seal($this->handle, $plain, strlen($plain), FFI::addr($body), FFI::addr($opener)));
        return new Sealed(Library::take($body), new Opener($opener));
    }

    /**
     * Seals a request's body and hands it over in pieces, in order: PHP makes no string of all of it.
     *
     * @param callable(string $piece, int $length): mixed $write takes each piece, and the length of the whole body in bytes
     */
    public function sealTo(callable $write, #[\SensitiveParameter] string $plain): Opener
    {
        $c = Library::load();
        $body = Library::place();
        $opener = $c->new('cardseal_opener *');
        Library::check($c->cardseal_seal($this->handle, $plain, strlen($plain), FFI::addr($body), FFI::addr($opener)));
        $sealed = new Opener($opener);
        Library::pieces($body, $write);
        return $sealed;
    }

    /** @internal */
    public function handle(): CData
    {
        return $this->handle;
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            Library::load()->cardseal_recipient_free($this->handle);
        }
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \LogicException('a recipient is not serialized; keep the key it was parsed from');
    }

    /** Text from elsewhere makes none of these. */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('a recipient is not unserialized; parse the key again');
    }
}
