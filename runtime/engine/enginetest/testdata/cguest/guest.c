// A block in C without a library: it asks for one word. It shows that the contract needs nothing of Go's, and how little a
// guest must do: find what it needs in the JSON, and lay segments into a frame.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(name)))

static u8 input[1 << 20], output[1 << 16];

struct text {
	const u8 *at;
	u32 size;
};

#define TEXT(literal) ((struct text){(const u8 *)(literal), sizeof(literal) - 1})

EXPORT("quoin_abi") int quoin_abi(void) { return 1; }

EXPORT("quoin_alloc") u8 *quoin_alloc(u32 size) { return size <= sizeof input ? input : 0; }

static u32 number(const u8 *at) { return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24; }

static void put(u8 *at, u32 n) {
	for (int i = 0; i < 4; i++)
		at[i] = (u8)(n >> 8 * i);
}

static int starts(struct text in, u32 at, struct text what) {
	if (at + what.size > in.size)
		return 0;
	for (u32 i = 0; i < what.size; i++)
		if (in.at[at + i] != what.at[i])
			return 0;
	return 1;
}

// after gives the JSON string that follows the words, still as it is escaped; its size is 0 when there is none.
static struct text after(struct text in, struct text words) {
	for (u32 at = 0; at < in.size; at++) {
		if (!starts(in, at, words))
			continue;
		u32 from = at + words.size, to = from;
		while (to < in.size && in.at[to] != '"')
			to += in.at[to] == '\\' ? 2 : 1;
		if (to <= in.size)
			return (struct text){in.at + from, to - from};
	}
	return (struct text){input, 0};
}

static int same(struct text a, struct text b) { return a.size == b.size && starts(a, 0, b); }

// frame lays envelope, body and one blob into a frame; an empty blob is left out.
static u64 frame(struct text envelope, const struct text *body, int parts, struct text blob) {
	u32 count = blob.size ? 3 : 2, at = 4 + 4 * count, size = 0;
	put(output, count);
	put(output + 4, envelope.size);
	for (u32 i = 0; i < envelope.size; i++)
		output[at++] = envelope.at[i];
	for (int p = 0; p < parts; p++)
		for (u32 i = 0; i < body[p].size && at < sizeof output; i++, size++)
			output[at++] = body[p].at[i];
	put(output + 8, size);
	if (blob.size)
		put(output + 12, blob.size);
	for (u32 i = 0; i < blob.size; i++)
		output[at++] = blob.at[i];
	return (u64)(u32)output << 32 | at;
}

static u64 answer(struct text body) { return frame(TEXT("{}"), &body, 1, (struct text){input, 0}); }

static u64 refuse(struct text envelope) { return frame(envelope, 0, 0, (struct text){input, 0}); }

EXPORT("quoin_call") u64 quoin_call(const u8 *request, u32 size) {
	u32 count = number(request), head = 4 + 4 * count;
	struct text envelope = {request + head, number(request + 4)};
	struct text body = {envelope.at + envelope.size, number(request + 8)};
	struct text op = after(envelope, TEXT("\"op\":\""));
	if (head + envelope.size + body.size > size)
		return refuse(TEXT("{\"error\":{\"code\":\"bad_request\",\"message\":\"a short frame\",\"blame\":\"host\"}}"));
	if (same(op, TEXT("describe")))
		return answer(TEXT("{\"sdk\":\"c\",\"kind\":\"component\",\"ops\":[\"sample\",\"outline\",\"render\",\"handle\",\"grade\"],\"schema\":1,"
				   "\"views\":[{\"name\":\"learner\",\"reads\":{}}],"
				   "\"handlers\":[{\"name\":\"submit\",\"roles\":[\"learner\"],\"reads\":{},\"grades\":true}]}"));
	if (same(op, TEXT("sample")))
		return answer(TEXT("{\"samples\":[{\"name\":\"word\",\"fields\":{},\"answers\":["
				   "{\"expect\":\"full\",\"input\":{\"handler\":\"submit\",\"form\":{\"word\":[\"quoin\"]}}},"
				   "{\"expect\":\"zero\",\"input\":{\"handler\":\"submit\",\"form\":{\"word\":[\"a \\\"brick\\\"\"]}}}]}]}"));
	if (same(op, TEXT("outline")))
		return answer(TEXT("{\"facts\":{\"title\":\"Word\",\"max_score\":1,\"completion\":\"submit\"}}"));
	if (same(op, TEXT("render"))) {
		struct text reply = TEXT("{\"html\":2}");
		return frame(TEXT("{}"), &reply, 1, TEXT("<p><label>What ties two walls together? <input name=\"word\" form=\"quoin:form\"></label></p>"));
	}
	if (same(op, TEXT("handle"))) {
		struct text parts[] = {TEXT("{\"effects\":[{\"submit\":{\"answers\":\""), after(body, TEXT("\"word\":[\"")), TEXT("\"}}]}")};
		return frame(TEXT("{}"), parts, 3, (struct text){input, 0});
	}
	if (same(op, TEXT("grade"))) {
		if (same(after(body, TEXT("\"answers\":\"")), TEXT("quoin")))
			return answer(TEXT("{\"outcome\":\"scored\",\"earned\":1,\"possible\":1}"));
		return answer(TEXT("{\"outcome\":\"scored\",\"earned\":0,\"possible\":1}"));
	}
	return refuse(TEXT("{\"error\":{\"code\":\"unsupported\",\"message\":\"this block cannot do that\",\"blame\":\"host\"}}"));
}
