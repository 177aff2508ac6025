package io.github.cardseal;

import java.util.Objects;

/** A picture that is ready for the services, and what was done to it. */
public final class Picture {
    private final byte[] bytes;
    private final String report;

    private Picture(byte[] bytes, String report) {
        this.bytes = bytes;
        this.report = report;
    }

    /** Makes a picture upright, without metadata, in sRGB, small enough for a sealed request. */
    public static Picture prepare(byte[] image) {
        return prepare(image, new Limits());
    }

    /** The same, within limits of one's own. */
    public static Picture prepare(byte[] image, Limits limits) {
        byte[][] made = Native.prepare(Objects.requireNonNull(image, "image"), Native.utf8(limits.json() + "}", "limits"));
        return new Picture(made[0], Native.text(made[1]));
    }

    /** The picture's file: JPEG, PNG or BMP. */
    public byte[] bytes() {
        return bytes;
    }

    /** JSON: {"input","output","changed"}. */
    public String report() {
        return report;
    }

    @Override
    public String toString() {
        return "Picture";
    }

    /** What a prepared picture may be at most. */
    public static final class Limits {
        private final StringBuilder json = new StringBuilder("{");

        /** Bytes. */
        public Limits maxBytes(long bytes) {
            return add("max_bytes", bytes);
        }

        /** Pixels of the longer side. */
        public Limits maxSide(int pixels) {
            return add("max_side", pixels);
        }

        /** The quality of a JPEG, 1 to 100. */
        public Limits quality(int quality) {
            return add("quality", quality);
        }

        private String json() {
            return json.toString();
        }

        private Limits add(String name, long value) {
            json.append(json.length() > 1 ? ",\"" : "\"").append(name).append("\":").append(value);
            return this;
        }
    }
}
