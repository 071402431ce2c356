
路线“普通路线”。
1. 稿件停在“拟稿”，无论谁做什么都走不到终点。
违反：没有走不出去的状态。（本规章未规定，系统默认；nobody-may-begin.yaml 第 46 行）

Route “Plain route”.
1. It stays at “Draft”, and whatever anybody does, no end can be reached.
This breaks: no dead end. (Our default; nobody-may-begin.yaml, line 46)
