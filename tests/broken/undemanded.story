line 38: The route “plain” reaches release without any review.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 乙（负责人）在“负责人审核”选择“通过”。
3. 丙（办公室）在“办公室审核”选择“通过”。
4. 甲（办公室，写过此稿）发布。
5. 这被接受了。
违反：每次发布前，要求的每个决定都由当时有权的人就这一稿作出。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. B (Head) at “Head's review” chooses “Pass”.
3. C (Office) at “Office review” chooses “Pass”.
4. A (Office, who wrote in it) releases it.
5. This is accepted.
This breaks: no release without each demanded decision, on exactly that text, by a person then entitled. (Article 1, SM-1)
