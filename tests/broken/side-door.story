line 38: Release can be reached past “office”.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 乙（负责人）在“负责人审核”选择“报上级网站”。
3. 这被接受了。
违反：每次发布前，要求的每个决定都由当时有权的人就这一稿作出。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. B (Head) at “Head's review” chooses “To the site above”.
3. This is accepted.
This breaks: no release without each demanded decision, on exactly that text, by a person then entitled. (Article 1, SM-1)
