package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Objects;

/** What opens the answer to one request, once. It cannot be copied, serialized or shown. */
public final class Opener implements AutoCloseable {
    private final long handle;
    private final Cleaner.Cleanable cleanable;

    Opener(long handle) {
        this.handle = handle;
        this.cleanable = Native.CLEANER.register(this, () -> Native.closeOpener(handle));
    }

    /** Opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened. */
    public byte[] open(byte[] reply) {
        try {
            return Native.open(handle, Objects.requireNonNull(reply, "reply"));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The opener as text, which is a key, for another process. The opener is used afterwards. */
    public byte[] store() {
        try {
            return Native.store(handle);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Takes an opener back from the text of {@link #store}. */
    public static Opener restore(byte[] stored) {
        return new Opener(Native.restore(Objects.requireNonNull(stored, "stored")));
    }

    /** Wipes an opener that was not used. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
