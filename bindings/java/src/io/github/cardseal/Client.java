package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;

/** Recognises cards at one cloud, and keeps its connections between calls. Threads may share one. */
public final class Client implements AutoCloseable {
    private final long handle;
    private final Cleaner.Cleanable cleanable;

    private Client(long handle) {
        this.handle = handle;
        this.cleanable = Native.CLEANER.register(this, () -> Native.closeClient(handle));
    }

    /** How a client is made: {@code Client.at("tencent").credentials(credentials).build()}. */
    public static Builder at(String cloud) {
        return new Builder(cloud);
    }

    /** The cloud of a client, and how it is reached. */
    public static final class Builder {
        private final StringBuilder json = new StringBuilder("{");
        private Credentials credentials;

        private Builder(String cloud) {
            add("cloud", cloud);
        }

        /** Credentials in place of the environment's. They may be closed once the client is built. */
        public Builder credentials(Credentials given) {
            credentials = given;
            return this;
        }

        /** A URL in place of the cloud's own. */
        public Builder endpoint(String url) {
            return add("endpoint", url);
        }

        /** The region. */
        public Builder region(String region) {
            return add("region", region);
        }

        /** Huawei's project. */
        public Builder projectId(String projectId) {
            return add("project_id", projectId);
        }

        /** How long each call may take, retries included; 60 seconds unless it is said. */
        public Builder timeout(Duration time) {
            json.append(",\"deadline_ms\":").append(Native.millis(time));
            return this;
        }

        /** The client. */
        public Client build() {
            try {
                long given = credentials == null ? 0 : credentials.handle();
                return new Client(Native.client(Native.utf8(json + "}", "options"), given));
            } finally {
                Reference.reachabilityFence(credentials);
            }
        }

        private Builder add(String name, String value) {
            if (value != null) {
                json.append(json.length() > 1 ? "," : "");
                Native.quote(json, name);
                json.append(':');
                Native.quote(json, value);
            }
            return this;
        }
    }

    /** Recognises one ID card of Tencent's, which blocks. Gives JSON: {"request_id","result",…}. */
    public String recognize(Recipient recipient, Card card) {
        try {
            return recognize(recipient.handle(), card);
        } finally {
            Reference.reachabilityFence(recipient);
        }
    }

    /** The same where cards go in clear. */
    public String recognize(Card card) {
        return recognize(0, card);
    }

    private String recognize(long recipient, Card card) {
        try {
            byte[] side = Native.optional(card.side());
            return Native.text(Native.clientRecognize(handle, recipient, card.image(), Native.optional(card.url()), side));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Frees it and its connections. A call that is running goes on; a later one is refused. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
