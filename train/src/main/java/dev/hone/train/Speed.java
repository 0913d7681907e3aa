package dev.hone.train;

import dev.hone.tensor.Cost;
import java.util.Map;

/** How fast a device is at best. */
public interface Speed {

    /** Seconds that this work takes. */
    double seconds(Map<Cost.Work, Long> work);

    /** Seconds that a copy of so many bytes between device and host takes. */
    double transferSeconds(long bytes);
}
