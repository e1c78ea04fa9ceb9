package example;

/** Somebody who is signed in; {@code since}: Unix seconds. */
public record User(String id, String email, String name, long since) implements java.io.Serializable {}
