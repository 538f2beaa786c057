// Reads values by every function of the binding and writes them back; cbinding_test.go compares.
#include "quoin.h"

static void outline(Call *call) {
	Text list = json_member(call->body, "values");
	Writer *w = &call->reply;
	put_json(w, "{'count':");
	put_number(w, (double)json_count(list));
	put_json(w, ",'values':[");
	for (size_t n = 0; n < json_count(list); n++) {
		Text value = json_element(list, n), text = json_string(value);
		if (n > 0)
			put(w, ",");
		if (text.at)
			put_string(w, text);
		else if (json_member(value, "a").at)
			put_text(w, json_member(value, "a"));
		else if (json_element(value, 1).at)
			put_text(w, json_element(value, 1));
		else if (json_true(value))
			put(w, "true");
		else
			put_number(w, json_number(value, -1));
	}
	put_json(w, "],'markup':");
	Writer html = {0};
	put_html(&html, json_string_or(json_member(call->body, "text"), TEXT("none")));
	put_string(w, written(&html));
	put_json(w, ",'public':");
	put_blob(call, blob(call, json_member(call->body, "public")));
	put_json(w, ",'absent':");
	put_blob(call, blob(call, json_member(call->body, "absent")));
	put_json(w, ",'digest':'");
	put_digest(w, written(&html));
	put_json(w, "'}");
}

static void check(Call *call) {
	log_line(1, TEXT("asking"));
	Text found = service(call, "documents", "get", call->body);
	if (found.at)
		put_text(&call->reply, found);
}

static void solve(Call *call) { fail(call, "refused", TEXT("not \"today\"\n")); }

const Operation quoin_operations[] = {{"outline", outline}, {"check", check}, {"solve", solve}, {0}};
