-- +goose Up

-- Who has which part in a case is looked for in all cases at once, to count those with a gap; few events say it. store/read.go
-- asks in these words.
create index events_of_parts on events (case_key)
  where (type in ('practitioner.joined', 'practitioner.left', 'chair.appointed', 'iro.appointed')
    or type = 'worker.allocated' and data ? 'part' or corrects is not null or voids is not null);
