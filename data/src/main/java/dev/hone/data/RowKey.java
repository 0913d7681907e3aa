package dev.hone.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What a row says, as 128 bits of SHA-256: the same for equal rows wherever they stand and however
 * their JSON is laid out. Message weights do not count, since they change what is trained and not
 * what is said.
 */
public record RowKey(long high, long low) {

    /** The key of a row. */
    public static RowKey of(Row row) {
        MessageDigest digest = sha256();
        switch (row) {
            case Row.Conversation conversation -> {
                digest.update((byte) 'c');
                addAll(digest, conversation.messages(), conversation.tools());
            }
            case Row.Text text -> {
                digest.update((byte) 't');
                add(digest, text.text());
            }
            case Row.Segments segments -> {
                digest.update((byte) 's');
                segments.segments().forEach(segment -> add(digest, segment.text()));
            }
            case Row.Preference preference -> {
                digest.update((byte) 'p');
                addAll(digest, preference.prompt(), preference.tools());
                addAll(digest, preference.chosen(), List.of());
                addAll(digest, preference.rejected(), List.of());
            }
            case Row.Labelled labelled -> {
                digest.update((byte) (labelled.desirable() ? 'g' : 'b'));
                addAll(digest, labelled.prompt(), labelled.tools());
                addAll(digest, labelled.completion(), List.of());
            }
            case Row.Tokens tokens -> {
                digest.update((byte) 'i');
                ByteBuffer ids =
                        ByteBuffer.allocate(Math.multiplyExact(4, tokens.inputIds().length));
                ids.asIntBuffer().put(tokens.inputIds());
                digest.update(ids);
            }
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new RowKey(hash.getLong(), hash.getLong());
    }

    /** A number in [0, 1) that depends on the content alone, spread evenly over contents. */
    double fraction() {
        return (high >>> 11) * 0x1.0p-53;
    }

    /**
     * Role and content of each message; a second part, with a role no message has, for what only
     * some conversations have.
     */
    private static void addAll(MessageDigest digest, List<Message> messages, List<Tool> tools) {
        for (Message message : messages) {
            add(digest, message.role());
            add(digest, message.content());
            message.reasoning().ifPresent(text -> addPart(digest, "reasoning", text));
            message.toolCalls()
                    .forEach(call -> addPart(digest, call.name(), call.arguments().toString()));
        }
        tools.forEach(tool -> addPart(digest, "tools", tool.definition().toString()));
    }

    private static void addPart(MessageDigest digest, String kind, String text) {
        digest.update((byte) 0xff);
        add(digest, kind);
        add(digest, text);
    }

    /** Lengths go first, so that no two lists of texts feed the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
