line 17: No rule rests on SM-2, and no later: names the stage that will own it.
line 27: The question “classified” is asked at no step.
line 54: No way leads to the step “release”.
line 38: The route “plain” reaches release without any review.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 这被接受了。
违反：每次发布前，要求的每个决定都由当时有权的人就这一稿作出。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. This is accepted.
This breaks: no release without each demanded decision, on exactly that text, by a person then entitled. (Article 1, SM-1)
