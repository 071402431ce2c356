line 17: No rule rests on SM-2, and no later: names the stage that will own it.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 甲（经办人，写过此稿）在“负责人审核”选择“通过”。
3. 稿件停在“发布”，无论谁做什么都走不到终点。
违反：没有走不出去的状态。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. A (Clerk, who wrote in it) at “Head's review” chooses “Pass”.
3. It stays at “Release”, and whatever anybody does, no end can be reached.
This breaks: no dead end. (Article 1, SM-1)
