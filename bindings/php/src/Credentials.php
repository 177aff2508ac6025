<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;
use FFI\CData;

/** What proves who calls. It cannot be cloned, serialized or dumped. */
final class Credentials
{
    /** Takes an id and its secret; the token of temporary credentials; Ctyun's app key. */
    public function __construct(
        string $secretId,
        #[\SensitiveParameter] string $secretKey,
        #[\SensitiveParameter] ?string $token = null,
        #[\SensitiveParameter] ?string $appKey = null,
    ) {
        $this->handle = Library::load()->new('cardseal_credentials *');
        Library::check(Library::load()->cardseal_credentials_new(
            Library::text($secretId),
            Library::text($secretKey),
            $token === null ? null : Library::text($token),
            $appKey === null ? null : Library::text($appKey),
            FFI::addr($this->handle),
        ));
    }

    private CData $handle;

    /** Those that a cloud's own programs would find, looked for when they are needed. */
    public static function ofEnvironment(string $cloud): self
    {
        $found = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $found->handle = Library::load()->new('cardseal_credentials *');
        Library::check(
            Library::load()->cardseal_credentials_of_environment(Library::text($cloud), FFI::addr($found->handle)),
        );
        return $found;
    }

    /** @internal */
    public function handle(): CData
    {
        return $this->handle;
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            Library::load()->cardseal_credentials_free($this->handle);
        }
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \LogicException('credentials are not serialized; make them where they are needed');
    }

    /** Text from elsewhere makes none of these. */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('credentials are not unserialized; make them where they are needed');
    }

    public function __debugInfo(): array
    {
        return [];
    }
}
