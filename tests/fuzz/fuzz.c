/*
 * Runs a target: under libFuzzer (meson setup -Dfuzz=true, clang) without end, else
 * over the files of a directory, which is how the test suite replays what fuzzing
 * found.
 */
#include "fuzz.h"

#define ARENA_MOST ((size_t)512 << 20)

static void run(struct bytes input) {
    struct arena *arena = arena_new(ARENA_MOST);
    fuzz_one(arena, input);
    arena_free(arena);
}

#ifdef WITH_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t size) {
    run((struct bytes){at, size});
    return 0;
}

#else

#include <dirent.h>

int main(int count, char **arguments) {
    int inputs = 0;
    for (int i = 1; i < count; i++) {
        DIR *directory = opendir(arguments[i]);
        for (struct dirent *entry; directory != NULL && (entry = readdir(directory));) {
            struct arena *arena = arena_new(ARENA_MOST);
            struct bytes input;
            struct str path = str_format(arena, "%s/%s", arguments[i], entry->d_name);
            if (entry->d_name[0] != '.' &&
                file_read(arena, path.at, ARENA_MOST, &input) == DONE) {
                run(input);
                inputs++;
            }
            arena_free(arena);
        }
        if (directory != NULL) {
            closedir(directory);
        }
    }
    printf("%d inputs replayed\n", inputs);
    return inputs > 0 ? 0 : 1; /* a corpus that is not there proves nothing */
}

#endif
