import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Blanks machine code for other cards in a library, so that it packs small: {@code java
 * KeepCudaCode.java LIBRARY CAPABILITY}, such as {@code libtorch_cuda.so 9.0}.
 *
 * <p>nvcc puts code for several cards side by side in the ELF section {@code .nv_fatbin}, which is a
 * run of containers (magic 0xba55ed50, length of header and content) of entries (kind, length of
 * header and content, capability). A card runs code of its own major version with an equal or lower
 * minor. Headers stay, so the driver finds what is left as before.
 */
final class KeepCudaCode {
    private static final int CONTAINER = 0xba55ed50;

    /** Where an entry's header holds the capability, as 90 for 9.0. */
    private static final int CAPABILITY = 28;

    private record Entry(int capability, int from, int to) {}

    public static void main(String[] arguments) throws IOException {
        String[] parts = arguments[1].split("\\.");
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        try (FileChannel file =
                FileChannel.open(
                        Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    file.map(MapMode.READ_WRITE, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
            List<Entry> entries = entries(bytes);
            TreeSet<Integer> found = new TreeSet<>();
            entries.forEach(entry -> found.add(entry.capability()));
            Integer kept = found.floor(10 * major + minor);
            if (kept == null || kept / 10 != major) {
                System.err.printf("hone: no code for capability %d.%d, only for %s%n", major, minor, found);
                System.exit(2);
                return;
            }
            for (Entry entry : entries) {
                if (entry.capability() != kept) {
                    bytes.put(entry.from(), new byte[entry.to() - entry.from()]);
                }
            }
        }
    }

    private static List<Entry> entries(ByteBuffer bytes) {
        List<Entry> entries = new ArrayList<>();
        int table = (int) bytes.getLong(40); // of section headers, by the ELF format
        int size = bytes.getShort(58);
        int names = (int) bytes.getLong(table + bytes.getShort(62) * size + 24);
        for (int i = 0; i < bytes.getShort(60); i++) {
            int header = table + i * size;
            if (text(bytes, names + bytes.getInt(header)).equals(".nv_fatbin")) {
                int from = (int) bytes.getLong(header + 24);
                section(bytes, from, from + (int) bytes.getLong(header + 32), entries);
            }
        }
        return entries;
    }

    private static String text(ByteBuffer bytes, int at) {
        StringBuilder text = new StringBuilder();
        while (bytes.get(at) != 0) {
            text.append((char) bytes.get(at++));
        }
        return text.toString();
    }

    private static void section(ByteBuffer bytes, int from, int to, List<Entry> entries) {
        for (int at = from; at < to; ) {
            if (bytes.getInt(at) != CONTAINER) {
                at += 8; // containers are aligned
                continue;
            }
            int entry = at + bytes.getShort(at + 6);
            at = entry + (int) bytes.getLong(at + 8);
            while (entry < at) {
                int content = entry + bytes.getInt(entry + 4);
                int end = content + (int) bytes.getLong(entry + 8);
                entries.add(new Entry(bytes.getInt(entry + CAPABILITY), content, end));
                entry = end;
            }
        }
    }

    private KeepCudaCode() {}
}
