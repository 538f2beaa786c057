// A guest for tests and benchmarks, compiled freestanding with clang and wasm-ld.
typedef unsigned u32;

static unsigned char memory[1 << 16];

__attribute__((export_name("hash"))) u32 hash(u32 n) {
	u32 h = 2166136261u;
	for (u32 i = 0; i < n; i++) {
		memory[i & 0xffff] = (unsigned char)(i * 7);
		h = (h ^ memory[(i * 31) & 0xffff]) * 16777619u;
	}
	return h;
}

__attribute__((export_name("fib"))) u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

__attribute__((export_name("sort"))) u32 sort(u32 n) {
	u32 *a = (u32 *)memory;
	if (n > sizeof memory / sizeof *a) n = sizeof memory / sizeof *a;
	for (u32 i = 0; i < n; i++) a[i] = i * 2654435761u;
	for (u32 gap = n / 2; gap > 0; gap /= 2)
		for (u32 i = gap; i < n; i++) {
			u32 v = a[i], j = i;
			for (; j >= gap && a[j - gap] > v; j -= gap) a[j] = a[j - gap];
			a[j] = v;
		}
	return n ? a[n / 3] : 0;
}

static u32 add(u32 a, u32 b) { return a + b; }
static u32 mul(u32 a, u32 b) { return a * b + 1; }
static u32 mix(u32 a, u32 b) { return (a << 5 | a >> 27) ^ b; }
static u32 (*const volatile ops[])(u32, u32) = {add, mul, mix};

__attribute__((export_name("machine"))) u32 machine(u32 n) {
	u32 acc = 1;
	for (u32 i = 0; i < n; i++) {
		switch ((acc >> 3) & 7) {
		case 0: acc += i; break;
		case 1: acc ^= 0x9e3779b9u; // falls through
		case 2: acc = acc * 3 + 1; break;
		case 5: if (i & 1) continue; acc -= 7; break;
		default: acc = ops[i % 3](acc, i);
		}
	}
	return acc;
}
