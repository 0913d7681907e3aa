# Starts the command. Sourced by `hone` in the source tree and by `bin/hone` in a bundle, which set
#   java      the program
#   lib       the folder of jars
#   home      the folder that holds starter/
#   archives  a folder for what the JVM keeps between starts
#   flags     JVM options that every process with libtorch needs
#   cuda      whether libtorch is the one for CUDA cards
# docs/decisions/0004-launch-flags.md says why each option is here.

# What prints help or plans computes nothing: no vector module, no optimizing compiler, half the time.
computes=true
archive=$archives/help.jsa
case ${1-} in
    '' | help | -h | --help | -V | --version) computes=false ;;
    plan | gpus | advise)
        computes=false
        archive=$archives/plan.jsa
        ;;
esac
case ${!#} in
    -h | --help) computes=false ;;
esac
if $computes; then
    archive=$archives/engine.jsa
else
    flags="${flags/--add-modules=jdk.incubator.vector/} -XX:TieredStopAtLevel=1"
fi

flags="$flags -XX:+UseSerialGC"
# Classes as this JVM left them in memory last time; it writes the file by itself when that is missing or out of date.
flags="$flags -Xshare:auto -Xlog:disable -Xlog:all=error,cds*=off,aot*=off:stderr"
if [ -w "$archives" ]; then
    flags="$flags -XX:+AutoCreateSharedArchive"
fi
printf -v jars '%s:' "$lib"/*.jar

# The tokenizer's library would look for a CUDA build of itself in the network.
export RUST_FLAVOR=cpu
# Matrix products are compiled per shape, and packed batches have many shapes: keep them all.
export ONEDNN_PRIMITIVE_CACHE_CAPACITY=${ONEDNN_PRIMITIVE_CACHE_CAPACITY:-16384}
# Tensors in huge pages, where the C library can ask for them.
export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}

# libtorch for CUDA takes the CUDA libraries from where the loader looks; here are the places they are often installed in
# besides: the toolkit's, and those of Python's packages, which bring each library in a folder of its own.
if ${cuda:-false}; then
    for folder in /usr/local/cuda/lib64 "${VIRTUAL_ENV:-}"/lib/python3*/site-packages/nvidia/*/lib \
        "${CONDA_PREFIX:-}"/lib/python3*/site-packages/nvidia/*/lib ~/.local/lib/python3*/site-packages/nvidia/*/lib \
        /usr/local/lib/python3*/*-packages/nvidia/*/lib /usr/lib/python3*/*-packages/nvidia/*/lib; do
        if [ -d "$folder" ]; then
            LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
        fi
    done
    export LD_LIBRARY_PATH
    # Tensors in pages that the allocator joins as it likes: less of the card is lost between them.
    export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}
fi

# Flags have no blanks in them, and are to be split.
# shellcheck disable=SC2086
set -- $flags "-XX:SharedArchiveFile=$archive" -Dslf4j.internal.verbosity=ERROR "-Dhone.home=$home" \
    -cp "${jars%:}" dev.hone.cli.Hone "$@"
if $computes; then
    # All passes but the one line that the JVM prints on the use of a module still in incubation. Ctrl-C goes to all of
    # the terminal's processes; the filter lives until Java has said its last word.
    exec "$java" "$@" 2> >(
        trap '' INT TERM HUP
        exec grep --line-buffered -v '^WARNING: Using incubator modules: jdk.incubator.vector$' >&2
    )
fi
exec "$java" "$@"
