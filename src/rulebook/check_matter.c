/*
 * The way of a matter: it begins with who opens it, and everybody who decides on it
 * signs, for acts rely on what was agreed to.
 */
#include "rulebook_own.h"

static void check_way(struct reader *reader, const struct rulebook *book,
                      const struct matter_rule *rule, const struct node *node);
static bool is_taken(const struct rulebook *book, int route);

void check_matters(struct reader *reader, const struct rulebook *book,
                   const struct node *root) {
    const struct node *matters = node_get(root, "matters");
    const struct node *routes = node_get(root, "routes");
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        const struct node *node =
            matters == NULL ? NULL
                            : node_get(matters, str_text(reader->arena, rule->code));
        if (rule->route != NO_INDEX) {
            check_way(reader, book, rule, node != NULL ? node : root);
        }
    }
    for (size_t i = 0; i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        const struct node *node =
            routes == NULL ? NULL
                           : node_get(routes, str_text(reader->arena, route->code));
        if (route->subject == ROUTE_OF_MATTER && !is_taken(book, (int)i)) {
            FAULT_KEY(reader, node != NULL ? node : root, STR(""),
                      "路线“%.*s”没有事项走（matters 中的 route）。",
                      "No matter takes the route “%.*s” (route, under matters).",
                      STR_ARG(route->code));
        }
    }
}

static void check_way(struct reader *reader, const struct rulebook *book,
                      const struct matter_rule *rule, const struct node *node) {
    const struct route *route = &book->routes[rule->route];
    if (route->subject != ROUTE_OF_MATTER) {
        FAULT_KEY(reader, node, STR(""), "路线“%.*s”不是事项的路线（subject: matter）。",
                  "The route “%.*s” is none of matters (subject: matter).",
                  STR_ARG(route->code));
        return;
    }
    if (rule->kind != MATTER_ANSWERED || rule->answerer != NO_INDEX ||
        rule->body != NO_INDEX || rule->limit != NULL) {
        FAULT_KEY(reader, node, STR(""),
                  "事项“%.*s”走路线，由路线上的人决定：kind 用 "
                  "answered，不写 answered-by 和 answer-within。",
                  "The matter “%.*s” takes a route, and who stands on it decides: kind "
                  "answered, without answered-by and answer-within.",
                  STR_ARG(rule->code));
    }
    if (route->step_count > 0 && route->steps[route->first].role != rule->opener) {
        FAULT_KEY(reader, node, STR(""),
                  "事项“%.*s”的提出人（opened-by）应是路线第一步的人。",
                  "Who opens the matter “%.*s” (opened-by) stands at the first step of "
                  "its route.",
                  STR_ARG(rule->code));
    }
    for (size_t i = 0; i < route->step_count; i++) {
        const struct step *step = &route->steps[i];
        if (step->kind == STEP_REVIEW && !step->signature) {
            FAULT_KEY(reader, node, STR(""),
                      "路线“%.*s”的步骤“%.*s”须签署（signature: true）。",
                      "On the route “%.*s” the step “%.*s” is signed (signature: true).",
                      STR_ARG(route->code), STR_ARG(step->code));
        }
    }
}

static bool is_taken(const struct rulebook *book, int route) {
    for (size_t i = 0; i < book->matter_count; i++) {
        if (book->matters[i].route == route) {
            return true;
        }
    }
    return false;
}
