package io.github.cardseal;

import java.util.Optional;

/** What went wrong: the message says what happened and what to do. */
public final class CardsealException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Whose fault it is. */
    public enum Kind {
        /** The caller's input: a used opener, a missing picture, a malformed option. */
        INPUT,
        /** The public key is refused. */
        KEY,
        /** Credentials are missing or malformed, or could not be fetched. */
        CREDENTIAL,
        /** The request cannot be signed, or the service refused the signature. */
        SIGNING,
        /** The network. */
        TRANSPORT,
        /** The service limits the rate. */
        THROTTLED,
        /** The service said no; the code says why. */
        SERVICE,
        /** The reply is not what the service promises. */
        PROTOCOL,
        /** The answer cannot be opened. */
        OPEN,
        /** The crypto provider failed. */
        PROVIDER,
        /** A defect of the library, or a random generator that failed. */
        BUG
    }

    private final int exitCode;
    private final Kind kind;
    private final String code;
    private final String requestId;
    // Personal data: it is not written with the exception.
    private final transient byte[] openedText;

    /** Called by the native side. */
    CardsealException(String message, int exitCode, String kind, String code, String requestId, byte[] openedText) {
        super(message);
        this.exitCode = exitCode;
        this.kind = known(kind);
        this.code = code;
        this.requestId = requestId;
        this.openedText = openedText;
    }

    private static Kind known(String name) {
        for (Kind kind : Kind.values()) {
            if (kind.name().equalsIgnoreCase(name)) {
                return kind;
            }
        }
        return Kind.BUG;
    }

    /** Whose fault it is. */
    public Kind kind() {
        return kind;
    }

    /** The exit code of the command line. */
    public int exitCode() {
        return exitCode;
    }

    /** The service's own code, such as FailedOperation.ImageBlur. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** The service's id of the request. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /**
     * What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
     * personal data.
     */
    public Optional<byte[]> openedText() {
        return Optional.ofNullable(openedText);
    }
}
