
路线“普通路线”。
1. 甲（经办人）在“拟稿”选择“送审”。
2. 乙（负责人）在“负责人审核”选择“通过”。
3. 丙（办公室）在“办公室审核”选择“退回”。
4. 甲（经办人）在“修改”改出新的一稿。
5. 稿件停在“修改”，无论谁做什么都走不到终点。
违反：没有走不出去的状态。（本规章未规定，系统默认；unreviewed-mending.yaml 第 69 行）

Route “Plain route”.
1. A (Clerk) at “Draft” chooses “Submit”.
2. B (Head) at “Head's review” chooses “Pass”.
3. C (Office) at “Office review” chooses “Return”.
4. A (Clerk) at “Mending” writes a new text.
5. It stays at “Mending”, and whatever anybody does, no end can be reached.
This breaks: no dead end. (Our default; unreviewed-mending.yaml, line 69)
