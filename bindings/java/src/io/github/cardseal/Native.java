package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The native methods. Texts are UTF-8. */
final class Native {
    /** Frees what is forgotten. */
    static final Cleaner CLEANER = Cleaner.create();

    static {
        String library = System.getProperty("cardseal.library");
        if (library != null) {
            System.load(library);
        } else {
            System.loadLibrary("cardseal_java");
        }
    }

    private Native() {}

    static native long parse(byte[] key);

    static native byte[] suite(long recipient);

    static native byte[] seal(long recipient, byte[] plain, long[] opener);

    static native byte[] open(long opener, byte[] reply);

    static native byte[] store(long opener);

    static native long restore(byte[] stored);

    static native byte[] sign(byte[] scheme, byte[] request, byte[] secretId, byte[] secretKey, long time, byte[] names);

    static native byte[] recognize(byte[] options);

    static native void closeRecipient(long recipient);

    static native void closeOpener(long opener);

    static byte[] utf8(String text, String name) {
        return Objects.requireNonNull(text, name).getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
