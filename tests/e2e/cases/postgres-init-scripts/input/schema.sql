create table goods (name text);
insert into goods values ('tea');
