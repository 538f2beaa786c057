// A question with several choices, of which one is right.
#include "quoin.h"

// What an author has not written is the default.
static const char choices[] = "[\"7\",\"8\",\"9\"]", question[] = "Which of these is a prime number?", right[] = "7";

// The block describes itself: what it stores (content and settings are the author's, user_state is each learner's own), what it
// shows, what may be sent, and what each of these reads.
static void describe(Call *call) {
	Writer *w = &call->reply;
	put_json(w, "{'sdk':'c 1','kind':'component','schema':1,"
		    "'ops':['outline','render','reveal','handle','grade','solve','sample'],"
		    "'fields':[{'name':'display_name','scope':'settings','type':'string','title':'Name','default':'«.Title»'},"
		    "{'name':'question','scope':'content','type':'text','title':'Question','default':");
	put_string(w, text_of(question));
	put_json(w, "},{'name':'choices','scope':'content','type':'list','title':'Choices','items':[{'type':'string'}],'default':");
	put(w, choices);
	put_json(w, "},{'name':'right','scope':'content','type':'string','title':'The right choice','secret':true,'default':");
	put_string(w, text_of(right));
	put_json(w, "},{'name':'chosen','scope':'user_state','type':'string'}],"
		    "'views':[{'name':'learner','reads':{'prepared':true,'verdict':true,'access':true,'locale':true,'fields':['chosen']}}],"
		    "'handlers':[{'name':'submit','roles':['learner'],'grades':true,'reads':{'prepared':true,'locale':true}}]}");
}

static bool offered(Text list, Text choice) {
	for (size_t n = 0; n < json_count(list); n++)
		if (text_same(json_string(json_element(list, n)), choice))
			return true;
	return false;
}

// Runs when an author publishes: it says what the platform must know, and prepares what views (public) and scoring (secret) get.
static void outline(Call *call) {
	Text fields = json_member(call->body, "fields"), list = json_member(fields, "choices");
	Text key = json_string_or(json_member(fields, "right"), text_of(right));
	Text asked = json_string_or(json_member(fields, "question"), text_of(question));
	if (!list.at)
		list = text_of(choices);
	if (!offered(list, key)) {
		fail(call, "bad_request", TEXT("right: it is none of the choices"));
		return;
	}
	Writer public = {0}, *w = &call->reply;
	put_json(&public, "{'question':");
	put_string(&public, asked);
	put_json(&public, ",'choices':");
	put_text(&public, list);
	put(&public, "}");
	put_json(w, "{'facts':{'icon':'problem','max_score':1,'questions':1,'completion':'submit','title':");
	put_string(w, json_string_or(json_member(fields, "display_name"), TEXT("«.Title»")));
	put_json(w, ",'search':");
	put_string(w, asked);
	put_json(w, "},'answer_hash':'"); // changes when the scoring does
	put_digest(w, key);
	put_json(w, "','public':");
	put_blob(call, written(&public));
	put_json(w, ",'secret':");
	put_blob(call, key);
	put(w, "}");
}

// The newest verdict in words. Where the course hides what is right, it is not scored for the learner.
static void status(Writer *w, const Call *call, Text verdict) {
	const char *class = "submitted", *key = "taken";
	if (text_is(json_member(verdict, "outcome"), "\"scored\"")) {
		bool full = json_number(json_member(verdict, "earned"), 0) == json_number(json_member(verdict, "possible"), 1);
		class = full ? "correct" : "incorrect", key = full ? "right" : "wrong";
	}
	put(w, "<p class=\"status ");
	put(w, class);
	put(w, "\" role=\"status\">");
	put_word(w, call, key, TEXT(""));
	put(w, "</p>");
}

// Shows the view. Controls join the platform's form by form=, and the button's value names the handler, so the block works
// without JavaScript.
static void render(Call *call) {
	if (!text_is(json_member(call->body, "view"), "\"learner\"")) {
		fail(call, "not_found", TEXT("there is no such view"));
		return;
	}
	Text public = blob(call, json_member(call->body, "public")), list = json_member(public, "choices");
	Text chosen = json_string(json_member(json_member(call->body, "fields"), "chosen")), newest = json_member(call->body, "newest");
	Writer html = {0};
	put(&html, "<div class=\"stack\"><fieldset class=\"choices\"><legend>");
	put_html(&html, json_string(json_member(public, "question")));
	put(&html, "</legend>");
	for (size_t n = 0; n < json_count(list); n++) {
		Text choice = json_string(json_element(list, n));
		put(&html, "<label class=\"choice\"><input type=\"radio\" name=\"choice\" form=\"quoin:form\" value=\"");
		put_html(&html, choice);
		put(&html, chosen.at && text_same(choice, chosen) ? "\" checked> " : "\"> ");
		put_html(&html, choice);
		put(&html, "</label>");
	}
	put(&html, "</fieldset>");
	if (newest.at)
		status(&html, call, newest);
	Text access = json_member(call->body, "access");
	put(&html, "<div class=\"submit-bar\">");
	if (json_true(json_member(json_member(access, "submit"), "open"))) {
		put(&html, "<button class=\"button primary\" form=\"quoin:form\" name=\"handler\" value=\"submit\">");
		put_word(&html, call, "submit", TEXT(""));
		put(&html, "</button>");
	}
	if (json_true(json_member(json_member(access, "answer"), "open"))) {
		put(&html, "<button class=\"button\" form=\"quoin:form\" name=\"handler\" value=\"@reveal\">");
		put_word(&html, call, "show", TEXT(""));
		put(&html, "</button>");
	}
	put(&html, "</div></div>");
	put_json(&call->reply, "{'html':");
	put_blob(call, written(&html));
	put(&call->reply, "}");
}

// Takes the answer: it stores what was chosen, and hands it in. A handler changes nothing itself: what it asks for happens as a
// whole or not at all.
static void handle(Call *call) {
	if (!text_is(json_member(call->body, "handler"), "\"submit\"")) {
		fail(call, "not_found", TEXT("there is no such handler"));
		return;
	}
	Text choice = json_string(json_element(json_member(json_member(call->body, "form"), "choice"), 0));
	if (!choice.at || !offered(json_member(blob(call, json_member(call->body, "public")), "choices"), choice)) {
		fail(call, "bad_request", word(call, "choose"));
		return;
	}
	Writer *w = &call->reply;
	put_json(w, "{'effects':[{'set':{'field':'chosen','value':");
	put_string(w, choice);
	put_json(w, "}},{'submit':{'answers':");
	put_string(w, choice);
	put(w, "}}]}");
}

// Scores a submission. It changes nothing, so the platform may run it again at any time.
static void grade(Call *call) {
	Text choice = json_string(json_member(json_member(call->body, "submission"), "answers"));
	bool full = text_same(choice, blob(call, json_member(call->body, "secret")));
	put_json(&call->reply, "{'outcome':'scored','possible':1,'earned':");
	put_number(&call->reply, full ? 1 : 0);
	put(&call->reply, "}");
}

// Shows the answer, when the course's rules say so.
static void reveal(Call *call) {
	Text key = blob(call, json_member(call->body, "secret"));
	Writer html = {0}, *w = &call->reply;
	put(&html, "<p>");
	put_word(&html, call, "answer", key);
	put(&html, "</p>");
	put_json(w, "{'html':");
	put_blob(call, written(&html));
	put_json(w, ",'answers':{'choice':");
	put_string(w, key);
	put(w, "}}");
}

static void input(Writer *w, Text choice) {
	put_json(w, "'input':{'handler':'submit','form':{'choice':[");
	put_string(w, choice);
	put(w, "]}}");
}

// Says what scores full.
static void solve(Call *call) {
	put(&call->reply, "{");
	input(&call->reply, blob(call, json_member(call->body, "secret")));
	put(&call->reply, "}");
}

// Shown to authors, and the platform replays their answers: in your tests, when the block is installed, and before it is
// upgraded.
static void sample(Call *call) {
	Writer *w = &call->reply;
	put_json(w, "{'samples':[{'name':'prime','title':'One of three','fields':{},'answers':[{'expect':'full',");
	input(w, TEXT("7"));
	put_json(w, "},{'expect':'zero',");
	input(w, TEXT("9"));
	put_json(w, "},{'expect':'invalid',");
	input(w, TEXT("none of them"));
	put(w, "}]}]}");
}

const Operation quoin_operations[] = {
	{"describe", describe}, {"outline", outline}, {"render", render}, {"handle", handle}, {"grade", grade},
	{"reveal", reveal}, {"solve", solve}, {"sample", sample}, {0},
};
