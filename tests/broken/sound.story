
✓ 每次发布前，要求的每个决定都由当时有权的人就这一稿作出（256）
✓ 作者和参与写稿的人不能单独放行（256）
✓ 每个决定都轮到、有岗、不须回避、当面验明（488）
✓ 每个决定都答齐、备齐、说明理由（488）
✓ 不对已被替换的稿件办理任何事（697）
✓ 每次退回之后，改过的内容都重新审核（256）
✓ 拦截的问题处理之前不发布（9676）
✓ 逾期发布要说明理由（192）
✓ 定时发布到点再核对一遍（16）
✓ 应急件一个决定也不少（128）
✓ 改动已发布的内容重走全程（128）
✓ 只有送审的人能在别人办理之前撤回（16）
✓ 只有发布岗能撤下，且只撤已发布的（1）
- 先行发布的只凭授权条款，退回或到时未审即撤下（没有可判的情形：空成立）
- 会签的每一签都由另一人签，签齐才算通过（没有可判的情形：空成立）
✓ 按记录的决定推算，位置相同（394）
✓ 没有走不出去的状态（394）
✓ 每一步、每个出路都走得到（392）

✓ no release without each demanded decision, on exactly that text, by a person then entitled (256)
✓ no author or contributor alone (256)
✓ whoever decides has the turn, the post, free hands and proven identity (488)
✓ each decision has its answers, preparations and reasons (488)
✓ nothing is done on a text that was replaced (697)
✓ every rejection leads back to a review of what changed (256)
✓ a finding that blocks is answered before release (9676)
✓ a late release states its reason (192)
✓ what was scheduled is asked again at its moment (16)
✓ the emergency lane asks for every decision (128)
✓ a change of what is live takes the whole route again (128)
✓ only the submitter takes it back, before anybody else has acted (16)
✓ only the releaser takes off, and only what is live (1)
- what is live before its review is so by its article alone, and comes down when it is returned or its time has run out (nothing to judge: holds vacuously)
- where several sign, each is another person, and only all of them approve (nothing to judge: holds vacuously)
✓ the decisions on record lead to the same position (394)
✓ no dead end (394)
✓ every step and every outcome can happen (392)
