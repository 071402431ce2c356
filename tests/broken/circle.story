line 69: From the step “asking” no way leads to an end.
line 78: From the step “answering” no way leads to an end.

路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 乙（负责人）在“负责人审核”选择“征求意见”。
3. 稿件停在“征求意见”，无论谁做什么都走不到终点。
违反：没有走不出去的状态。（第一条，SM-1）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. B (Head) at “Head's review” chooses “Ask”.
3. It stays at “Asking”, and whatever anybody does, no end can be reached.
This breaks: no dead end. (Article 1, SM-1)
