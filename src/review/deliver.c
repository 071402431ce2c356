/*
 * What a move begins beside or above: the own site's run in parallel, and at the end of a
 * way to a site above, where that site stands on this installation, the text's way there,
 * in the transaction of the last decision (BZ-14).
 */
#include "review_own.h"

enum status passage_deliver(struct call *call, const struct passage *passage) {
    const struct rulebook *book = passage->book;
    int target = rulebook_target(book, passage->run.target);
    struct site *sites;
    size_t count;
    id64 received;
    if (target == NO_INDEX || str_is_empty(book->targets[target].host)) {
        return DONE;
    }
    TRY(site_list(call, passage->run.group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        if (sites[i].root != passage->site.root &&
            str_equal(sites[i].domain, book->targets[target].host)) {
            return manuscript_receive(call, &passage->manuscript, &passage->revision,
                                      &sites[i], book->targets[target].basis.id,
                                      &received);
        }
    }
    return DONE; /* it stands elsewhere, and the submission on its platform is on record
                  */
}

/* BZ-14.b: the own site's run begins beside the one to the site above. */
enum status passage_spawn(struct call *call, const struct passage *passage, int target) {
    struct passage own = {
        .book = passage->book, .run = passage->run, .site = passage->site};
    struct item_facts item = passage->item;
    struct no no;
    int route;
    item.target = target;
    enum status answer = rulebook_route_for(passage->book, &item, &route, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, passage->book, &no);
    }
    own.route = &passage->book->routes[route];
    own.run.route = own.route->code;
    own.run.target = STR("");
    /* The author handed the text in once; that stands for both passages. */
    int step = own.route->first;
    while (own.route->steps[step].kind == STEP_AUTHOR &&
           step_forward(&own.route->steps[step]) != NO_INDEX) {
        step =
            own.route->steps[step].outcomes[step_forward(&own.route->steps[step])].next;
    }
    struct moved handed_on = {
        .next = route_start(own.route),
        .duty_signers = UINT8_MAX,
        .duty_role = own.route->steps[step].role,
        .deadlines = {rulebook_step_deadline(own.book, own.route,
                                             own.route->steps[step].code, passage->lane)},
        .spawn_target = NO_INDEX};
    handed_on.next.step = (uint8_t)step;
    TRY(run_begin(call, own.book, own.route, &own.run));
    TRY(passage_admit_readers(call, own.book, own.route, &own.run));
    TRY(passage_open(call, own.run.id, true, &own));
    return passage_write(call, &own, &handed_on);
}
