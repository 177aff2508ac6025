package io.github.cardseal;

import java.util.Objects;

/** One card for a client. Nothing of it is shown. */
public final class Card {
    private final byte[] image;
    private final String url;
    private final String side;

    private Card(byte[] image, String url, String side) {
        this.image = image;
        this.url = url;
        this.side = side;
    }

    /** A picture's bytes. */
    public static Card image(byte[] image) {
        return new Card(Objects.requireNonNull(image, "image"), null, null);
    }

    /** Where the service fetches the picture. */
    public static Card url(String url) {
        return new Card(null, Objects.requireNonNull(url, "url"), null);
    }

    /** The same card, of this side: front or back; null leaves it to the service. */
    public Card side(String side) {
        return new Card(image, url, side);
    }

    byte[] image() {
        return image;
    }

    String url() {
        return url;
    }

    String side() {
        return side;
    }

    @Override
    public String toString() {
        return "Card";
    }
}
