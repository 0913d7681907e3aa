package dev.hone.model;

/** Where the frozen matrices of a layer are while they are not multiplied with. */
public enum Placement {
    /** On the device. */
    DEVICE,
    /** In memory of the host, copied to the device one layer ahead. */
    HOST,
    /** In the model's files, read and copied to the device one layer ahead. */
    DISK
}
