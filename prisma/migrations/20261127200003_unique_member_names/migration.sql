-- Names are one line of visible text from now on.
UPDATE member SET name = trim(regexp_replace(
  name, '[\u0001-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0]', ' ', 'g'));
UPDATE member SET name = left(email::text, 100) WHERE name = '';

-- And no two members go by one name: of those who do, everybody has the address behind it.
UPDATE member m SET name = left(m.name, 40) || ' (' || left(m.email::text, 57) || ')'
WHERE m.removed_at IS NULL AND EXISTS (
  SELECT 1 FROM member o
  WHERE o.id <> m.id AND o.removed_at IS NULL AND lower(normalize(o.name, NFKC)) = lower(normalize(m.name, NFKC)));
