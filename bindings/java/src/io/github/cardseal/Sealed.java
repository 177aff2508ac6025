package io.github.cardseal;

/** A request's body to send, {"EncryptedBody":…,"Encryption":{…}} in UTF-8, and the opener of its answer. */
public final class Sealed implements AutoCloseable {
    private final byte[] body;
    private final Opener opener;

    Sealed(byte[] body, Opener opener) {
        this.body = body;
        this.opener = opener;
    }

    /** The body. */
    public byte[] body() {
        return body;
    }

    /** What opens the answer. */
    public Opener opener() {
        return opener;
    }

    /** Closes the opener. */
    @Override
    public void close() {
        opener.close();
    }
}
