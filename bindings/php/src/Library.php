<?php

declare(strict_types=1);

namespace Cardseal;

use FFI;
use FFI\CData;

/**
 * The C library.
 *
 * @internal
 */
final class Library
{
    /** What cardseal.h declares. PHP passes a string where a pointer to char is asked for, and for no other. */
    public const FUNCTIONS = <<<'C'
        typedef struct cardseal_opener cardseal_opener;
        typedef struct cardseal_recipient cardseal_recipient;
        typedef struct cardseal_credentials cardseal_credentials;
        typedef struct cardseal_client cardseal_client;
        typedef struct { char *data; size_t len; } cardseal_bytes;
        const char *cardseal_version(void);
        int cardseal_recipient_parse(const char *key, size_t len, cardseal_recipient **out);
        const char *cardseal_recipient_suite(const cardseal_recipient *recipient);
        int cardseal_seal(const cardseal_recipient *recipient, const char *plain, size_t len, cardseal_bytes *sealed, cardseal_opener **opener);
        int cardseal_open(cardseal_opener **opener, const char *reply, size_t len, cardseal_bytes *plain);
        int cardseal_opener_store(cardseal_opener **opener, cardseal_bytes *stored);
        int cardseal_opener_restore(const char *stored, size_t len, cardseal_opener **out);
        int cardseal_sign(const char *scheme, const char *request, size_t len, const char *secret_id, const char *secret_key, int64_t unix_time, const char *signed_headers, cardseal_bytes *json);
        int cardseal_recognize(const char *options_json, cardseal_bytes *json);
        int cardseal_credentials_new(const char *secret_id, const char *secret_key, const char *token, const char *app_key, cardseal_credentials **out);
        int cardseal_credentials_of_environment(const char *cloud, cardseal_credentials **out);
        int cardseal_client_new(const char *options_json, const cardseal_credentials *credentials, cardseal_client **out);
        int cardseal_client_recognize(const cardseal_client *client, const cardseal_recipient *recipient, const char *image, size_t len, const char *url, const char *side, cardseal_bytes *json);
        int cardseal_prepare(const char *image, size_t len, const char *limits_json, cardseal_bytes *prepared, cardseal_bytes *report);
        const char *cardseal_last_error(void);
        const char *cardseal_last_error_kind(void);
        const char *cardseal_last_error_code(void);
        const char *cardseal_last_error_request_id(void);
        void cardseal_last_error_opened_text(cardseal_bytes *text);
        void cardseal_bytes_free(cardseal_bytes *bytes);
        void cardseal_recipient_free(cardseal_recipient *recipient);
        void cardseal_opener_free(cardseal_opener *opener);
        void cardseal_credentials_free(cardseal_credentials *credentials);
        void cardseal_client_free(cardseal_client *client);
        C;

    private static ?FFI $loaded = null;

    /** The library that CARDSEAL_LIBRARY names, or the one that the system finds. */
    public static function load(): FFI
    {
        $name = getenv('CARDSEAL_LIBRARY');
        return self::$loaded ??= FFI::cdef(self::FUNCTIONS, $name === false ? 'libcardseal.so.0.1' : $name);
    }

    /** Throws where a call failed. */
    public static function check(int $code): void
    {
        if ($code !== 0) {
            $c = self::load();
            throw new Error(
                (string) $c->cardseal_last_error(),
                $code,
                (string) $c->cardseal_last_error_kind(),
                $c->cardseal_last_error_code(),
                $c->cardseal_last_error_request_id(),
                self::openedText(),
            );
        }
    }

    private static function openedText(): ?string
    {
        $text = self::place();
        self::load()->cardseal_last_error_opened_text(FFI::addr($text));
        return FFI::isNull($text->data) ? null : self::take($text);
    }

    /** A place for what the library makes. */
    public static function place(): CData
    {
        return self::load()->new('cardseal_bytes');
    }

    /** What the library made, which wipes and frees it. */
    public static function take(CData $bytes): string
    {
        try {
            return $bytes->len === 0 ? '' : FFI::string($bytes->data, $bytes->len);
        } finally {
            self::load()->cardseal_bytes_free(FFI::addr($bytes));
        }
    }

    /** Small enough that PHP keeps the memory of one for the next. */
    private const PIECE = 65536;

    /** Hands over what the library made, piece by piece, and wipes and frees it. */
    public static function pieces(CData $bytes, callable $write): void
    {
        try {
            $length = $bytes->len;
            for ($from = 0; $from < $length; $from += self::PIECE) {
                $write(FFI::string($bytes->data + $from, min(self::PIECE, $length - $from)), $length);
            }
        } finally {
            self::load()->cardseal_bytes_free(FFI::addr($bytes));
        }
    }

    /** Options as JSON, without those that are null. */
    public static function options(#[\SensitiveParameter] array $options): string
    {
        $options = array_filter($options, static fn (mixed $value): bool => $value !== null);
        try {
            return json_encode((object) $options, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
        } catch (\JsonException) {
            throw new Error('an option is not UTF-8; only image takes bytes', 2, 'input');
        }
    }

    /** What a call made, read as JSON. */
    public static function json(CData $bytes): array
    {
        return json_decode(self::take($bytes), true, flags: JSON_THROW_ON_ERROR);
    }

    /** A text without a zero, which would end it early in C. */
    public static function text(#[\SensitiveParameter] string $text): string
    {
        if (str_contains($text, "\0")) {
            throw new Error('a text holds a zero byte; leave it out', 2, 'input');
        }
        return $text;
    }
}
