package io.github.cardseal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** The native methods. Texts are UTF-8. */
final class Native {
    /** Frees what is forgotten. */
    static final Cleaner CLEANER = Cleaner.create();

    static {
        String library = System.getProperty("cardseal.library");
        if (library != null) {
            System.load(library);
        } else if (!loadedFromJar()) {
            System.loadLibrary("cardseal_java");
        }
    }

    /**
     * Whether the jar has a library for this machine, which is then loaded. The loader takes files only, so it becomes one in
     * a folder that nobody else can write to. Linux keeps what is loaded when its file goes.
     */
    private static boolean loadedFromJar() {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        String name = "native/" + System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-" + machine + "/libcardseal_java.so";
        try (InputStream library = Native.class.getResourceAsStream(name)) {
            if (library == null) {
                return false;
            }
            Path folder = Files.createTempDirectory("cardseal");
            Path file = folder.resolve("libcardseal_java.so");
            try {
                Files.copy(library, file);
                System.load(file.toString());
                return true;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException error) {
            throw new UncheckedIOException("the library cannot be written to java.io.tmpdir", error);
        }
    }

    private Native() {}

    static native long parse(byte[] key);

    static native byte[] suite(long recipient);

    static native byte[] seal(long recipient, byte[] plain, long[] opener);

    static native int sealInto(long recipient, byte[] plain, byte[] body, int from, int room, long[] opener);

    static native byte[] open(long opener, byte[] reply);

    static native byte[] store(long opener);

    static native long restore(byte[] stored);

    static native byte[] sign(byte[] scheme, byte[] request, byte[] secretId, byte[] secretKey, long time, byte[] names);

    static native byte[] recognize(byte[] options);

    static native long credentials(byte[] secretId, byte[] secretKey, byte[] token, byte[] appKey);

    static native long credentialsOfEnvironment(byte[] cloud);

    static native long client(byte[] options, long credentials);

    static native byte[] clientRecognize(long client, long recipient, byte[] image, byte[] url, byte[] side);

    static native byte[][] prepare(byte[] image, byte[] limits);

    static native void closeCredentials(long credentials);

    static native void closeClient(long client);

    static native void closeRecipient(long recipient);

    static native void closeOpener(long opener);

    static byte[] utf8(String text, String name) {
        return Objects.requireNonNull(text, name).getBytes(StandardCharsets.UTF_8);
    }

    /** The same, where there may be no text. */
    static byte[] optional(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** A text as JSON. */
    static void quote(StringBuilder json, String value) {
        json.append('"');
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < 0x20 || c == '"' || c == '\\') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** A time in milliseconds, at least one. What is too long for a number is the largest, and no error. */
    static long millis(Duration time) {
        try {
            return Math.max(1, time.toMillis());
        } catch (ArithmeticException tooLong) {
            return time.isNegative() ? 1 : Long.MAX_VALUE;
        }
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
