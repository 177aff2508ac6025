<?php

declare(strict_types=1);

namespace Cardseal;

/** A request's body to send, {"EncryptedBody":…,"Encryption":{…}}, and the opener of its answer. */
final class Sealed
{
    public function __construct(public readonly string $body, public readonly Opener $opener)
    {
    }
}
