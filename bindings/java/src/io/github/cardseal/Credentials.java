package io.github.cardseal;

import java.lang.ref.Cleaner;
import java.util.Arrays;

/** What proves who calls. It cannot be copied, serialized or shown. */
public final class Credentials implements AutoCloseable {
    private final long handle;
    private final Cleaner.Cleanable cleanable;

    private Credentials(long handle) {
        this.handle = handle;
        this.cleanable = Native.CLEANER.register(this, () -> Native.closeCredentials(handle));
    }

    /** An id and its secret. */
    public static Credentials of(String secretId, String secretKey) {
        return of(secretId, secretKey, null, null);
    }

    /**
     * An id and its secret, with what not all have.
     *
     * @param token that of temporary credentials, or null
     * @param appKey Ctyun's, or null
     */
    public static Credentials of(String secretId, String secretKey, String token, String appKey) {
        byte[] key = Native.utf8(secretKey, "secretKey");
        byte[] temporary = Native.optional(token);
        byte[] app = Native.optional(appKey);
        try {
            return new Credentials(Native.credentials(Native.utf8(secretId, "secretId"), key, temporary, app));
        } finally {
            for (byte[] secret : new byte[][] {key, temporary, app}) {
                if (secret != null) {
                    Arrays.fill(secret, (byte) 0);
                }
            }
        }
    }

    /** Those that a cloud's own programs would find, looked for when they are needed: tencent, ctyun or huawei. */
    public static Credentials ofEnvironment(String cloud) {
        return new Credentials(Native.credentialsOfEnvironment(Native.utf8(cloud, "cloud")));
    }

    long handle() {
        return handle;
    }

    /** Frees them; a client that was made with them keeps its own. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
