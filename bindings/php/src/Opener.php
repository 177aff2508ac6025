<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;
use FFI\CData;

/** What opens the answer to one request, once. It cannot be cloned, serialized or dumped. */
final class Opener
{
    /** @internal */
    public function __construct(private readonly CData $handle)
    {
    }

    /** Opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened. */
    public function open(string $reply): string
    {
        $plain = Library::place();
        Library::check(
            Library::load()->cardseal_open(FFI::addr($this->handle), $reply, strlen($reply), FFI::addr($plain)),
        );
        return Library::take($plain);
    }

    /** The opener as text, which is a key, for another process. The opener is used afterwards. */
    public function store(): string
    {
        $stored = Library::place();
        Library::check(Library::load()->cardseal_opener_store(FFI::addr($this->handle), FFI::addr($stored)));
        return Library::take($stored);
    }

    /** Takes an opener back from the text of store(). */
    public static function restore(#[\SensitiveParameter] string $stored): self
    {
        $c = Library::load();
        $handle = $c->new('cardseal_opener *');
        Library::check($c->cardseal_opener_restore($stored, strlen($stored), FFI::addr($handle)));
        return new self($handle);
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            Library::load()->cardseal_opener_free($this->handle);
        }
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \LogicException('an opener opens one answer and is not serialized; store() gives it as text, which is a key');
    }

    /** Text from elsewhere makes none of these. */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('an opener is not unserialized; restore() takes its text');
    }

    public function __debugInfo(): array
    {
        return [];
    }
}
