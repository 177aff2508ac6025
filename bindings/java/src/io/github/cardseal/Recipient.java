package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
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

    /**
     * Seals a request's body into a buffer that is kept for many requests, at its position. A body takes a third more room
     * than what it is sealed from, and a kilobyte.
     *
     * @throws BufferOverflowException if there is too little room left in it
     */
    public Opener seal(byte[] plain, ByteBuffer body) {
        if (!body.hasArray()) {
            Sealed sealed = seal(plain);
            put(sealed, body);
            return sealed.opener();
        }
        try {
            long[] opener = new long[1];
            int from = body.arrayOffset() + body.position();
            int length = Native.sealInto(
                    handle, Objects.requireNonNull(plain, "plain"), body.array(), from, body.remaining(), opener);
            if (length < 0) {
                throw new BufferOverflowException();
            }
            body.position(body.position() + length);
            return new Opener(opener[0]);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static void put(Sealed sealed, ByteBuffer body) {
        try {
            body.put(sealed.body());
        } catch (RuntimeException full) {
            sealed.close();
            throw full;
        }
    }

    /** Frees it. What is closed is refused; closing twice does nothing. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
