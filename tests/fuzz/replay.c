/* Feeds files to a fuzzer's entry without the fuzzer: the seeds as a plain test. Prints what it took. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { SEED_MAX_BYTES = 1 << 20 };

int main(int argc, char **argv)
{
	uint8_t *data = malloc(SEED_MAX_BYTES);
	if (!data)
		return 1;
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (!f) {
			perror(argv[i]);
			free(data);
			return 1;
		}
		size_t bytes = fread(data, 1, SEED_MAX_BYTES, f);
		fclose(f);
		LLVMFuzzerTestOneInput(data, bytes);
	}
	printf("%d seeds taken\n", argc - 1);
	free(data);
	return 0;
}
