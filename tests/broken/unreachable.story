line 68: No way leads to the step “second”.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 乙（负责人）在“负责人审核”选择“通过”。
3. 丙（办公室）在“办公室审核”选择“通过”。
4. 稿件停在“发布”，无论谁做什么都走不到终点。
违反：没有走不出去的状态。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. B (Head) at “Head's review” chooses “Pass”.
3. C (Office) at “Office review” chooses “Pass”.
4. It stays at “Release”, and whatever anybody does, no end can be reached.
This breaks: no dead end. (Article 1, SM-1)
