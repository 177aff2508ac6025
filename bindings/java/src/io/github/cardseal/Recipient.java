package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Objects;

/** The service's public key, parsed and checked. The key chooses the suite. Threads may share one. */
public final class Recipient implements AutoCloseable {
    private final long handle;
    private final Cleaner.Cleanable cleanable;

    private Recipient(long handle) {
        this.handle = handle;
        this.cleanable = Native.CLEANER.register(this, () -> Native.closeRecipient(handle));
    }

    /** Takes the key in any form the service hands it out in. */
    public static Recipient parse(byte[] key) {
        return new Recipient(Native.parse(Objects.requireNonNull(key, "key")));
    }

    /** "AES-256-CBC" or "SM4-GCM". */
    public String suite() {
        try {
            return Native.text(Native.suite(handle));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    long handle() {
        return handle;
    }

    /** Seals a request's body. */
    public Sealed seal(byte[] plain) {
        try {
            long[] opener = new long[1];
            byte[] body = Native.seal(handle, Objects.requireNonNull(plain, "plain"), opener);
            return new Sealed(body, new Opener(opener[0]));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Frees it. What is closed is refused; closing twice does nothing. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
