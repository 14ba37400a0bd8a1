BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE "case" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number VARCHAR, 
	state VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	mailbox VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	snapshot JSON NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	severity INTEGER NOT NULL, 
	category VARCHAR NOT NULL, 
	level INTEGER NOT NULL, 
	"group" VARCHAR NOT NULL, 
	assignee VARCHAR, 
	client VARCHAR, 
	provider VARCHAR, 
	provider_reference VARCHAR, 
	correlation VARCHAR, 
	attention VARCHAR, 
	requester_email VARCHAR, 
	requester_name VARCHAR NOT NULL, 
	answer_to VARCHAR, 
	subject VARCHAR NOT NULL, 
	requests INTEGER NOT NULL, 
	reminded BOOLEAN NOT NULL, 
	registered_at DATETIME NOT NULL, 
	state_since DATETIME NOT NULL, 
	first_response_at DATETIME, 
	opened_at DATETIME, 
	solved_at DATETIME, 
	closed_at DATETIME, 
	removed_at DATETIME, 
	CONSTRAINT ck_case_severity CHECK (severity BETWEEN 1 AND 5), 
	CONSTRAINT ck_case_level CHECK (level BETWEEN 1 AND 3), 
	CONSTRAINT uq_case_number UNIQUE (number), 
	CONSTRAINT ck_case_state CHECK (state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')), 
	CONSTRAINT ck_case_kind CHECK (kind IN ('incidente', 'requerimiento'))
);
INSERT INTO "case" VALUES(1,'MS-000001','abierto',1,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'abierto@oti.example','abierto','abierto@oti.example','Contraseña de abierto',0,0,'2026-11-18 15:01:00.000000','2026-11-18 15:01:00.000000','2026-11-18 15:01:00.000000','2026-11-18 15:01:00.000000',NULL,NULL,NULL);
INSERT INTO "case" VALUES(2,'MS-000002','en_proceso',3,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'en_proceso@oti.example','en_proceso','en_proceso@oti.example','Contraseña de en_proceso',0,0,'2026-11-18 15:02:00.000000','2026-11-18 15:02:00.000000','2026-11-18 15:02:00.000000','2026-11-18 15:02:00.000000',NULL,NULL,NULL);
INSERT INTO "case" VALUES(3,'MS-000003','activo_proveedor',3,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'activo_proveedor@oti.example','activo_proveedor','activo_proveedor@oti.example','Contraseña de activo_proveedor',0,0,'2026-11-18 15:03:00.000000','2026-11-18 15:03:00.000000','2026-11-18 15:03:00.000000','2026-11-18 15:03:00.000000',NULL,NULL,NULL);
INSERT INTO "case" VALUES(4,'MS-000004','solucionado',2,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'solucionado@oti.example','solucionado','solucionado@oti.example','Contraseña de solucionado',0,0,'2026-11-18 15:04:00.000000','2026-11-18 15:04:00.000000','2026-11-18 15:04:00.000000','2026-11-18 15:04:00.000000','2026-11-18 15:04:00.000000',NULL,NULL);
INSERT INTO "case" VALUES(5,'MS-000005','cerrado',3,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'cerrado@oti.example','cerrado','cerrado@oti.example','Contraseña de cerrado',0,0,'2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000',NULL);
INSERT INTO "case" VALUES(6,'MS-000006','anulado',2,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'anulado@oti.example','anulado','anulado@oti.example','Contraseña de anulado',0,0,'2026-11-18 15:06:00.000000','2026-11-18 15:06:00.000000','2026-11-18 15:06:00.000000','2026-11-18 15:06:00.000000',NULL,'2026-11-18 15:06:00.000000',NULL);
INSERT INTO "case" VALUES(7,'MS-000007','no_gestionado',4,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'ana@oti.example','Ana Ruiz','ana@oti.example','Contraseña sin datos',1,0,'2026-11-18 15:07:00.000000','2026-11-19 15:17:00.000000','2026-11-18 15:07:00.000000',NULL,NULL,'2026-11-19 15:17:00.000000',NULL);
INSERT INTO "case" VALUES(8,'MS-000008','abierto',1,'soporte','correo','alarma','{"name": "alarma", "title": "", "rule": {"name": "alarma", "title": "", "keywords": ["problem", "recovery"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": ["nagios@oti.example"], "mailboxes": [], "strict": false, "treat_as": "monitoreo", "correlate": "(host \\w+)", "recover": ["recovery"], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": [], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,'host alfa',NULL,'nagios@oti.example','Nagios',NULL,'PROBLEM host alfa',0,0,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',NULL,'2026-11-19 15:19:00.000000',NULL,NULL,NULL);
INSERT INTO "case" VALUES(9,'MS-000009','precaso',3,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'luz@oti.example','Luz Gil','luz@oti.example','Contraseña por completar',2,0,'2026-11-19 15:21:00.000000','2026-11-19 15:21:00.000000','2026-11-19 15:21:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "case" VALUES(10,'MS-000010','precaso',1,'soporte','precaso','acceso','{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}','requerimiento',5,'',1,'Mesa',NULL,NULL,NULL,NULL,NULL,NULL,'ana@oti.example','Ana Ruiz','ana@oti.example','Otra contraseña más',1,0,'2026-11-19 15:22:00.000000','2026-11-19 15:22:00.000000',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE clock (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	case_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	starts DATETIME NOT NULL, 
	due DATETIME NOT NULL, 
	calendar VARCHAR NOT NULL, 
	paused_at DATETIME, 
	elapsed INTEGER NOT NULL, 
	done_at DATETIME, 
	result VARCHAR, 
	CONSTRAINT fk_clock_case_id FOREIGN KEY(case_id) REFERENCES "case" (id), 
	CONSTRAINT ck_clock_kind CHECK (kind IN ('answer', 'reminder'))
);
INSERT INTO "clock" VALUES(1,7,'answer','2026-11-18 15:07:00.000000','2026-11-19 15:07:00.000000','24/7',NULL,0,'2026-11-19 15:17:00.000000','expired');
INSERT INTO "clock" VALUES(2,7,'reminder','2026-11-18 15:07:00.000000','2026-11-19 03:07:00.000000','24/7',NULL,0,'2026-11-19 15:17:00.000000','too_late');
INSERT INTO "clock" VALUES(3,9,'answer','2026-11-19 15:21:00.000000','2026-11-20 15:21:00.000000','24/7',NULL,0,NULL,NULL);
INSERT INTO "clock" VALUES(4,9,'reminder','2026-11-19 15:21:00.000000','2026-11-20 03:21:00.000000','24/7',NULL,0,NULL,NULL);
CREATE TABLE datum (
	case_id INTEGER NOT NULL, 
	field VARCHAR NOT NULL, 
	value VARCHAR, 
	source VARCHAR(40) NOT NULL, 
	doubtful BOOLEAN NOT NULL, 
	misfit VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	third_party BOOLEAN NOT NULL, 
	CONSTRAINT pk_datum PRIMARY KEY (case_id, field), 
	CONSTRAINT fk_datum_case_id FOREIGN KEY(case_id) REFERENCES "case" (id), 
	CONSTRAINT ck_datum_source CHECK (source IN ('sender', 'label', 'text', 'remembered', 'person'))
);
INSERT INTO "datum" VALUES(1,'telefono','300 555 0101','label',0,'','abierto@oti.example',0);
INSERT INTO "datum" VALUES(1,'sede','Bogotá, piso 3','label',0,'','abierto@oti.example',0);
INSERT INTO "datum" VALUES(2,'telefono','300 555 0101','label',0,'','en_proceso@oti.example',0);
INSERT INTO "datum" VALUES(2,'sede','Bogotá, piso 3','label',0,'','en_proceso@oti.example',0);
INSERT INTO "datum" VALUES(3,'telefono','300 555 0101','label',0,'','activo_proveedor@oti.example',0);
INSERT INTO "datum" VALUES(3,'sede','Bogotá, piso 3','label',0,'','activo_proveedor@oti.example',0);
INSERT INTO "datum" VALUES(4,'telefono','300 555 0101','label',0,'','solucionado@oti.example',0);
INSERT INTO "datum" VALUES(4,'sede','Bogotá, piso 3','label',0,'','solucionado@oti.example',0);
INSERT INTO "datum" VALUES(5,'telefono','300 555 0101','label',0,'','cerrado@oti.example',0);
INSERT INTO "datum" VALUES(5,'sede','Bogotá, piso 3','label',0,'','cerrado@oti.example',0);
INSERT INTO "datum" VALUES(6,'telefono','300 555 0101','label',0,'','anulado@oti.example',0);
INSERT INTO "datum" VALUES(6,'sede','Bogotá, piso 3','label',0,'','anulado@oti.example',0);
INSERT INTO "datum" VALUES(9,'telefono','300 555 0101','label',0,'','luz@oti.example',0);
CREATE TABLE event (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	case_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	kind VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	from_state VARCHAR(40), 
	to_state VARCHAR(40), 
	reason VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	message_id INTEGER, 
	CONSTRAINT uq_event_case_id_seq UNIQUE (case_id, seq), 
	CONSTRAINT fk_event_case_id FOREIGN KEY(case_id) REFERENCES "case" (id), 
	CONSTRAINT ck_event_from_state CHECK (from_state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')), 
	CONSTRAINT ck_event_to_state CHECK (to_state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')), 
	CONSTRAINT fk_event_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "event" VALUES(1,1,1,'2026-11-18 15:01:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',1);
INSERT INTO "event" VALUES(2,1,2,'2026-11-18 15:01:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',1);
INSERT INTO "event" VALUES(3,2,1,'2026-11-18 15:02:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',2);
INSERT INTO "event" VALUES(4,2,2,'2026-11-18 15:02:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',2);
INSERT INTO "event" VALUES(5,2,3,'2026-11-18 15:02:00.000000','moved','cli:luz','abierto','en_proceso','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(6,3,1,'2026-11-18 15:03:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',3);
INSERT INTO "event" VALUES(7,3,2,'2026-11-18 15:03:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',3);
INSERT INTO "event" VALUES(8,3,3,'2026-11-18 15:03:00.000000','moved','cli:luz','abierto','en_proceso','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(9,3,4,'2026-11-18 15:03:00.000000','moved','cli:luz','en_proceso','activo_proveedor','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(10,4,1,'2026-11-18 15:04:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',4);
INSERT INTO "event" VALUES(11,4,2,'2026-11-18 15:04:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',4);
INSERT INTO "event" VALUES(12,4,3,'2026-11-18 15:04:00.000000','moved','cli:luz','abierto','solucionado','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(13,5,1,'2026-11-18 15:05:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',5);
INSERT INTO "event" VALUES(14,5,2,'2026-11-18 15:05:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',5);
INSERT INTO "event" VALUES(15,5,3,'2026-11-18 15:05:00.000000','moved','cli:luz','abierto','solucionado','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(16,5,4,'2026-11-18 15:05:00.000000','moved','cli:luz','solucionado','cerrado','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(17,6,1,'2026-11-18 15:06:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',6);
INSERT INTO "event" VALUES(18,6,2,'2026-11-18 15:06:00.000000','completed','mailbot','precaso','abierto','data_complete','{}',6);
INSERT INTO "event" VALUES(19,6,3,'2026-11-18 15:06:00.000000','moved','cli:luz','abierto','anulado','por teléfono','{}',NULL);
INSERT INTO "event" VALUES(20,2,4,'2026-11-18 15:06:00.000000','related','cli:luz',NULL,NULL,'MS-000001','{}',NULL);
INSERT INTO "event" VALUES(21,7,1,'2026-11-18 15:07:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',7);
INSERT INTO "event" VALUES(22,7,2,'2026-11-18 15:07:00.000000','asked','mailbot',NULL,NULL,'request_accepted','{}',NULL);
INSERT INTO "event" VALUES(23,7,3,'2026-11-19 15:17:00.000000','expired','mailbot','precaso','no_gestionado','data_did_not_come','{}',NULL);
INSERT INTO "event" VALUES(24,8,1,'2026-11-19 15:19:00.000000','registered','mailbot',NULL,'precaso','alarma','{}',9);
INSERT INTO "event" VALUES(25,8,2,'2026-11-19 15:19:00.000000','opened','mailbot','precaso','abierto','monitoreo','{}',9);
INSERT INTO "event" VALUES(26,9,1,'2026-11-19 15:21:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',14);
INSERT INTO "event" VALUES(27,9,2,'2026-11-19 15:21:00.000000','asked','mailbot',NULL,NULL,'request_accepted','{}',NULL);
INSERT INTO "event" VALUES(28,9,3,'2026-11-19 15:22:00.000000','answered','mail:luz@oti.example',NULL,NULL,'data_incomplete','{}',15);
INSERT INTO "event" VALUES(29,10,1,'2026-11-19 15:22:00.000000','registered','mailbot',NULL,'precaso','acceso','{}',16);
CREATE TABLE location (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	message_id INTEGER NOT NULL, 
	mailbox VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT, 
	uid BIGINT, 
	since DATETIME NOT NULL, 
	left_at DATETIME, 
	to_move BOOLEAN NOT NULL, 
	CONSTRAINT uq_location_mailbox_folder_uidvalidity_uid UNIQUE (mailbox, folder, uidvalidity, uid), 
	CONSTRAINT fk_location_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "location" VALUES(1,1,'soporte','INBOX',688769677,101,'2026-11-18 15:01:00.000000','2026-11-18 15:01:00.000000',0);
INSERT INTO "location" VALUES(2,1,'soporte','Procesados',688783169,101,'2026-11-18 15:01:00.000000',NULL,0);
INSERT INTO "location" VALUES(3,2,'soporte','INBOX',688769677,102,'2026-11-18 15:02:00.000000','2026-11-18 15:02:00.000000',0);
INSERT INTO "location" VALUES(4,2,'soporte','Procesados',688783169,102,'2026-11-18 15:02:00.000000',NULL,0);
INSERT INTO "location" VALUES(5,3,'soporte','INBOX',688769677,103,'2026-11-18 15:03:00.000000','2026-11-18 15:03:00.000000',0);
INSERT INTO "location" VALUES(6,3,'soporte','Procesados',688783169,103,'2026-11-18 15:03:00.000000',NULL,0);
INSERT INTO "location" VALUES(7,4,'soporte','INBOX',688769677,104,'2026-11-18 15:04:00.000000','2026-11-18 15:04:00.000000',0);
INSERT INTO "location" VALUES(8,4,'soporte','Procesados',688783169,104,'2026-11-18 15:04:00.000000',NULL,0);
INSERT INTO "location" VALUES(9,5,'soporte','INBOX',688769677,105,'2026-11-18 15:05:00.000000','2026-11-18 15:05:00.000000',0);
INSERT INTO "location" VALUES(10,5,'soporte','Procesados',688783169,105,'2026-11-18 15:05:00.000000',NULL,0);
INSERT INTO "location" VALUES(11,6,'soporte','INBOX',688769677,106,'2026-11-18 15:06:00.000000','2026-11-18 15:06:00.000000',0);
INSERT INTO "location" VALUES(12,6,'soporte','Procesados',688783169,106,'2026-11-18 15:06:00.000000',NULL,0);
INSERT INTO "location" VALUES(13,7,'soporte','INBOX',688769677,107,'2026-11-18 15:07:00.000000','2026-11-18 15:07:00.000000',0);
INSERT INTO "location" VALUES(14,7,'soporte','Procesados',688783169,107,'2026-11-18 15:07:00.000000',NULL,0);
INSERT INTO "location" VALUES(15,8,'soporte','INBOX',688769677,108,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',0);
INSERT INTO "location" VALUES(16,9,'soporte','INBOX',688769677,109,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',0);
INSERT INTO "location" VALUES(17,10,'soporte','INBOX',688769677,110,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',0);
INSERT INTO "location" VALUES(18,11,'soporte','INBOX',688769677,111,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',0);
INSERT INTO "location" VALUES(19,12,'soporte','INBOX',688769677,112,'2026-11-19 15:19:00.000000','2026-11-19 15:19:00.000000',0);
INSERT INTO "location" VALUES(20,8,'soporte','Boletines',688806230,101,'2026-11-19 15:19:00.000000',NULL,0);
INSERT INTO "location" VALUES(21,9,'soporte','Procesados',688783169,108,'2026-11-19 15:19:00.000000',NULL,0);
INSERT INTO "location" VALUES(22,10,'soporte','Por revisar',688780767,101,'2026-11-19 15:19:00.000000',NULL,0);
INSERT INTO "location" VALUES(23,11,'soporte','Por revisar',688780767,102,'2026-11-19 15:19:00.000000',NULL,0);
INSERT INTO "location" VALUES(24,12,'soporte','Por revisar',688780767,103,'2026-11-19 15:19:00.000000',NULL,0);
INSERT INTO "location" VALUES(25,13,'soporte','INBOX',688769677,113,'2026-11-19 15:20:00.000000','2026-11-19 15:20:00.000000',0);
INSERT INTO "location" VALUES(26,13,'soporte','Por revisar',688780767,104,'2026-11-19 15:20:00.000000',NULL,0);
INSERT INTO "location" VALUES(27,14,'soporte','INBOX',688769677,114,'2026-11-19 15:21:00.000000','2026-11-19 15:21:00.000000',0);
INSERT INTO "location" VALUES(28,14,'soporte','Procesados',688783169,109,'2026-11-19 15:21:00.000000',NULL,0);
INSERT INTO "location" VALUES(29,15,'soporte','INBOX',688769677,115,'2026-11-19 15:22:00.000000','2026-11-19 15:22:00.000000',0);
INSERT INTO "location" VALUES(30,16,'soporte','INBOX',688769677,116,'2026-11-19 15:22:00.000000','2026-11-19 15:22:00.000000',0);
INSERT INTO "location" VALUES(31,15,'soporte','Procesados',688783169,110,'2026-11-19 15:22:00.000000',NULL,0);
INSERT INTO "location" VALUES(32,16,'soporte','Procesados',688783169,111,'2026-11-19 15:22:00.000000',NULL,0);
CREATE TABLE message (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	mailbox VARCHAR NOT NULL, 
	message_id VARCHAR NOT NULL, 
	content_hash VARCHAR NOT NULL, 
	duplicate_of INTEGER, 
	case_id INTEGER, 
	sender VARCHAR NOT NULL, 
	sender_name VARCHAR NOT NULL, 
	sender_verified BOOLEAN NOT NULL, 
	subject VARCHAR NOT NULL, 
	folded_subject VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	reply_text VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, 
	stored_at DATETIME NOT NULL, 
	size INTEGER NOT NULL, 
	outcome VARCHAR(40) NOT NULL, 
	reasons JSON NOT NULL, 
	earlier JSON NOT NULL, 
	filed VARCHAR NOT NULL, 
	rule VARCHAR, 
	words JSON NOT NULL, 
	also_matched JSON NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	automatic BOOLEAN NOT NULL, 
	may_answer BOOLEAN NOT NULL, 
	repaired JSON NOT NULL, 
	attachments JSON NOT NULL, 
	removed_at DATETIME, 
	CONSTRAINT fk_message_duplicate_of FOREIGN KEY(duplicate_of) REFERENCES message (id), 
	CONSTRAINT fk_message_case_id FOREIGN KEY(case_id) REFERENCES "case" (id), 
	CONSTRAINT ck_message_outcome CHECK (outcome IN ('opened', 'updated', 'on_closed_case', 'unmatched', 'informativo', 'ignored', 'bounce', 'backlog', 'duplicate', 'too_big', 'failed')), 
	CONSTRAINT ck_message_kind CHECK (kind IN ('person', 'auto_reply', 'auto_generated', 'list', 'bounce', 'delivery_notice', 'read_receipt', 'calendar_reply'))
);
INSERT INTO "message" VALUES(1,'soporte','<1@oti.example>','3da0b44e9191070aaabac8c516815fa15b9c534101dfa6a0713914a378469707',NULL,1,'abierto@oti.example','abierto',0,'Contraseña de abierto','contrasena de abierto','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:00:00.000000','2026-11-18 15:01:00.000000',286,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "abierto@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(2,'soporte','<2@oti.example>','448f957afdbb2c1727a2b6aef9820a29cf9bc44755b85cde06e8555286292a85',NULL,2,'en_proceso@oti.example','en_proceso',0,'Contraseña de en_proceso','contrasena de en_proceso','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:01:00.000000','2026-11-18 15:02:00.000000',295,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "en_proceso@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(3,'soporte','<3@oti.example>','168f8f2955a21bd65f2c46fcda2ce3c914fa29eb95764c3865c688996e6805db',NULL,3,'activo_proveedor@oti.example','activo_proveedor',0,'Contraseña de activo_proveedor','contrasena de activo_proveedor','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:02:00.000000','2026-11-18 15:03:00.000000',313,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "activo_proveedor@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(4,'soporte','<4@oti.example>','5e39d294eba032c3b6d5e82eae00313f80cf3877f4d996a58c8bd893da3d1999',NULL,4,'solucionado@oti.example','solucionado',0,'Contraseña de solucionado','contrasena de solucionado','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:03:00.000000','2026-11-18 15:04:00.000000',298,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "solucionado@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(5,'soporte','<5@oti.example>','e791a229f04d2b04e7f289d25c199f2f05b683cb409a75553f02ad2e91544839',NULL,5,'cerrado@oti.example','cerrado',0,'Contraseña de cerrado','contrasena de cerrado','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:04:00.000000','2026-11-18 15:05:00.000000',286,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "cerrado@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(6,'soporte','<6@oti.example>','aa29231a996cc8e0677ee24c466d74c0f6c267313ca3fbb6e6642af8f62a179b',NULL,6,'anulado@oti.example','anulado',0,'Contraseña de anulado','contrasena de anulado','Teléfono: 300 555 0101
Sede: Bogotá, piso 3
','Teléfono: 300 555 0101
Sede: Bogotá, piso 3','2026-11-18 15:05:00.000000','2026-11-18 15:06:00.000000',286,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "anulado@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(7,'soporte','<7@oti.example>','b92a8af6cb38c7659855ec8f8d05ab11cefc91c9bf71e301330dd5b306a3269e',NULL,7,'ana@oti.example','Ana Ruiz',0,'Contraseña sin datos','contrasena sin datos','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-18 15:06:00.000000','2026-11-18 15:07:00.000000',258,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(8,'soporte','<9@oti.example>','909948f184eb854b4650a2af053be4539387571e7f1f825be181665f713050d7',NULL,NULL,'ana@oti.example','Ana Ruiz',0,'Boletín','boletin','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:18:00.000000','2026-11-19 15:19:00.000000',245,'informativo','[{"check": "rule", "said": "matched", "detail": "boletin: Boletín"}]','[]','Boletines','boletin','["Boletín"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(9,'soporte','<10@oti.example>','efba1aa91ceb23583be0169750f6c5a312c4e3b42416b793ea30856675717e0d',NULL,8,'nagios@oti.example','Nagios',0,'PROBLEM host alfa','problem host alfa','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:18:00.000000','2026-11-19 15:19:00.000000',240,'opened','[{"check": "automatic", "said": "program_sender", "detail": "From: nagios@oti.example"}, {"check": "rule", "said": "matched", "detail": "alarma: PROBLEM"}, {"check": "machine", "said": "opened", "detail": "host alfa"}]','[]','handled','alarma','["PROBLEM"]','[]','auto_generated',1,0,'[]','[]',NULL);
INSERT INTO "message" VALUES(10,'soporte','<8@oti.example>','68eb0cb68490b236abdff1a0921e6da1386c9aaccfd7a9e88eb7bffa78a32253',NULL,NULL,'ana@oti.example','Ana Ruiz',0,'Almuerzo','almuerzo','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:18:00.000000','2026-11-19 15:19:00.000000',229,'unmatched','[{"check": "rule", "said": "none", "detail": ""}, {"check": "rule", "said": "nothing_matched", "detail": ""}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]','[]','review',NULL,'[]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(11,'soporte','<8@oti.example>','68eb0cb68490b236abdff1a0921e6da1386c9aaccfd7a9e88eb7bffa78a32253',10,NULL,'ana@oti.example','Ana Ruiz',0,'Almuerzo','almuerzo','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:18:00.000000','2026-11-19 15:19:00.000000',229,'duplicate','[{"check": "rule", "said": "none", "detail": ""}, {"check": "identity", "said": "duplicate_of", "detail": "10"}]','[]','review',NULL,'[]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(12,'soporte','','raw:5eb8755d6bdf15d6cfeec13f0761bf3dc2c903a68729035f3cb00dd6a9a60f1a',NULL,NULL,'ana@oti.example','',0,'veneno','','','','2026-11-19 15:18:00.000000','2026-11-19 15:19:00.000000',8270,'failed','[{"check": "failed", "said": "error", "detail": "más de 100 partes una dentro de otra"}]','[]','review',NULL,'[]','[]','person',0,0,'[]','[]',NULL);
INSERT INTO "message" VALUES(13,'soporte','<12@oti.example>','6442db981b81d87c56a079128dda11b3d5a03587d3407c06dd314989e4515e0a',NULL,NULL,'ana@oti.example','Ana Ruiz',0,'Un correo grande','un correo grande','en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos 
','en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos','2026-11-19 15:19:00.000000','2026-11-19 15:20:00.000000',914,'unmatched','[{"check": "rule", "said": "none", "detail": ""}, {"check": "rule", "said": "nothing_matched", "detail": ""}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]','[]','review',NULL,'[]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(14,'soporte','<13@oti.example>','9024ee667dbfd711d3979e9e44ab4665854ae0a947a0ec25cf9a2eabcabb47e8',NULL,9,'luz@oti.example','Luz Gil',0,'Contraseña por completar','contrasena por completar','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:20:00.000000','2026-11-19 15:21:00.000000',262,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "luz@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(15,'soporte','<14@oti.example>','341de6aac63274d2e0958d601a61ba9b2b29c79cb901017707814945f57a1a95',NULL,9,'luz@oti.example','Luz Gil',0,'Re: Contraseña por completar [MS-000009]','contrasena por completar [ms-000009]','Teléfono: 300 555 0101

El miércoles la mesa escribió:
> -- Escriba su respuesta encima de esta línea --
> 
> Cordial saludo, Luz Gil:
> 
> Recibimos su correo y lo registramos con el número MS-000009.
> 
> Para poder ayudarle necesitamos estos datos. Responda este mensaje con cada dato en un renglón, así:
> 
> Teléfono:
> Sede:
> 
> Si no tiene alguno de esos datos, escriba «no tengo» y lo revisará una persona.
> 
> Tiene 24 horas para responder a partir de este mensaje. Si no recibimos los datos, cerraremos la solicitud sin atenderla.
> 
> ¿Ya no necesita ayuda? Responda solo la palabra CANCELAR.
> 
> Por su seguridad, no nos envíe contraseñas. Nunca se las pediremos.
> 
> Mesa de Servicios
> Este mensaje es automático, pero sus respuestas sí se leen.
','Teléfono: 300 555 0101

El miércoles la mesa escribió:','2026-11-19 15:21:00.000000','2026-11-19 15:22:00.000000',1365,'updated','[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "thread", "said": "reference", "detail": "<ms.fb51baa39e389e2404de51d8bd397d7f@mesa.example>"}, {"check": "answer_says", "said": "other", "detail": ""}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "missing", "detail": "sede"}, {"check": "answer", "said": "allowed", "detail": "luz@oti.example"}]','[]','handled','acceso','["Contraseña"]','[]','person',0,1,'[]','[]',NULL);
INSERT INTO "message" VALUES(16,'soporte','<15@oti.example>','e818d89b5bdb45a58795be37fdeec1a86050cd1e46791126423887a29c5f6122',NULL,10,'ana@oti.example','Ana Ruiz',0,'Otra contraseña más','otra contrasena mas','Hola, no puedo entrar.
','Hola, no puedo entrar.','2026-11-19 15:21:00.000000','2026-11-19 15:22:00.000000',263,'opened','[{"check": "rule", "said": "matched", "detail": "acceso: contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]','[]','handled','acceso','["contraseña"]','[]','person',0,1,'[]','[]',NULL);
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	mailbox VARCHAR NOT NULL, 
	case_id INTEGER, 
	answers INTEGER, 
	party VARCHAR NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	template VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	message_id VARCHAR, 
	reference VARCHAR, 
	envelope_from VARCHAR NOT NULL, 
	data BLOB NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	queued_at DATETIME NOT NULL, 
	next_attempt_at DATETIME, 
	attempts INTEGER NOT NULL, 
	times_uncertain INTEGER NOT NULL, 
	claimed_by VARCHAR, 
	claimed_at DATETIME, 
	sent_at DATETIME, 
	said VARCHAR NOT NULL, 
	sent_message_id VARCHAR, 
	CONSTRAINT fk_outbox_case_id FOREIGN KEY(case_id) REFERENCES "case" (id), 
	CONSTRAINT fk_outbox_answers FOREIGN KEY(answers) REFERENCES message (id), 
	CONSTRAINT ck_outbox_role CHECK (role IN ('request', 'request_again', 'reminder', 'close', 'notice', 'desk')), 
	CONSTRAINT uq_outbox_message_id UNIQUE (message_id), 
	CONSTRAINT ck_outbox_status CHECK (status IN ('queued', 'sending', 'sent', 'uncertain', 'refused', 'given_up', 'bounced', 'failed', 'not_needed'))
);
INSERT INTO "outbox" VALUES(1,'soporte',1,1,'abierto@oti.example','notice','caso_abierto','abierto@oti.example','Re: Contraseña de abierto [MS-000001]','<ms.a56995c4035ccfa7aeee5b067ece4597@mesa.example>','<ms.a56995c4035ccfa7aeee5b067ece4597@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:01:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:01:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(2,'soporte',1,1,'abierto@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000001]','<ms.81eb2a61c33460c495cfd2456ef20d03@mesa.example>','<ms.81eb2a61c33460c495cfd2456ef20d03@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:01:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:01:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(3,'soporte',2,2,'en_proceso@oti.example','notice','caso_abierto','en_proceso@oti.example','Re: Contraseña de en_proceso [MS-000002]','<ms.01bf8e0d701b8eaf93754b2bafcf5877@mesa.example>','<ms.01bf8e0d701b8eaf93754b2bafcf5877@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:02:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:02:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(4,'soporte',2,2,'en_proceso@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000002]','<ms.0d105c64b9cd79bfbf7bfdce4e239462@mesa.example>','<ms.0d105c64b9cd79bfbf7bfdce4e239462@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:02:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:02:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(5,'soporte',3,3,'activo_proveedor@oti.example','notice','caso_abierto','activo_proveedor@oti.example','Re: Contraseña de activo_proveedor [MS-000003]','<ms.9f94f4f3f0ac009362257971c1ac45e5@mesa.example>','<ms.9f94f4f3f0ac009362257971c1ac45e5@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:03:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:03:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(6,'soporte',3,3,'activo_proveedor@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000003]','<ms.2569bd151dddc0b274cc4393227db358@mesa.example>','<ms.2569bd151dddc0b274cc4393227db358@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:03:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:03:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(7,'soporte',4,4,'solucionado@oti.example','notice','caso_abierto','solucionado@oti.example','Re: Contraseña de solucionado [MS-000004]','<ms.3a5e6c0888d46a2d687bba1feb9673dc@mesa.example>','<ms.3a5e6c0888d46a2d687bba1feb9673dc@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:04:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:04:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(8,'soporte',4,4,'solucionado@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000004]','<ms.ad0fee8dd92745035d4d83037cbdca3b@mesa.example>','<ms.ad0fee8dd92745035d4d83037cbdca3b@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:04:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:04:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(9,'soporte',5,5,'cerrado@oti.example','notice','caso_abierto','cerrado@oti.example','Re: Contraseña de cerrado [MS-000005]','<ms.eb036f64984ed6b4001f5f699b08dcf4@mesa.example>','<ms.eb036f64984ed6b4001f5f699b08dcf4@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:05:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:05:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(10,'soporte',5,5,'cerrado@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000005]','<ms.daaf45ef5d803909026463831dde42f1@mesa.example>','<ms.daaf45ef5d803909026463831dde42f1@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:05:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:05:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(11,'soporte',6,6,'anulado@oti.example','notice','caso_abierto','anulado@oti.example','Re: Contraseña de anulado [MS-000006]','<ms.44e204b646ea95963265d4e79bfa76fe@mesa.example>','<ms.44e204b646ea95963265d4e79bfa76fe@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:06:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:06:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(12,'soporte',6,6,'anulado@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: acceso, severidad 5 (solicitud) [MS-000006]','<ms.c24c9f29988b3c7e2ae3a238ae6edc26@mesa.example>','<ms.c24c9f29988b3c7e2ae3a238ae6edc26@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:06:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:06:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(13,'soporte',7,7,'ana@oti.example','request','pedir_datos','ana@oti.example','Re: Contraseña sin datos [MS-000007]','<ms.08750c0fd7df8b2ee74a288d1893657b@mesa.example>','<ms.08750c0fd7df8b2ee74a288d1893657b@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-18 15:07:00.000000',NULL,1,0,NULL,NULL,'2026-11-18 15:07:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(14,'soporte',7,NULL,'ana@oti.example','close','no_gestionado','ana@oti.example','Re: Contraseña sin datos [MS-000007]','<ms.0af44d49ae5bafc1d3d7cbc7ecdeb5ca@mesa.example>','<ms.0af44d49ae5bafc1d3d7cbc7ecdeb5ca@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-19 15:17:00.000000',NULL,1,0,NULL,NULL,'2026-11-19 15:17:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(15,'soporte',8,9,'nagios@oti.example','desk','aviso_caso','mesa@oti.example','Caso nuevo: alarma, severidad 5 (solicitud) [MS-000008]','<ms.6415e486d2315ff174c7b8f48f5554f5@mesa.example>','<ms.6415e486d2315ff174c7b8f48f5554f5@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-19 15:19:00.000000',NULL,1,0,NULL,NULL,'2026-11-19 15:19:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(16,'soporte',9,14,'luz@oti.example','request','pedir_datos','luz@oti.example','Re: Contraseña por completar [MS-000009]','<ms.fb51baa39e389e2404de51d8bd397d7f@mesa.example>','<ms.fb51baa39e389e2404de51d8bd397d7f@mesa.example>','soporte@mesa.example',X'73686F7274656E65642C20666F72206974206973206E657665722072656164','sent','2026-11-19 15:21:00.000000',NULL,1,0,NULL,NULL,'2026-11-19 15:21:00.000000','2.0.0 Ok',NULL);
INSERT INTO "outbox" VALUES(17,'soporte',9,15,'luz@oti.example','request_again','pedir_faltantes','luz@oti.example','Re: Contraseña por completar [MS-000009]','<ms.ea0fe425a4db75bdc6dcdebf712bf080@mesa.example>','<ms.ea0fe425a4db75bdc6dcdebf712bf080@mesa.example>','soporte@mesa.example',X'46726F6D3A204D65736120646520536572766963696F73203C736F706F727465406D6573612E6578616D706C653E0D0A546F3A206C757A406F74692E6578616D706C650D0A5375626A6563743A203D3F7574662D383F623F556D553649454E76626E527959584E6C77374668494842766369426A623231776247563059584967573031544C5441774D4441773F3D0D0A203D3F7574662D383F623F4F56303D3F3D0D0A446174653A205468752C203139204E6F7620323032362031353A32323A3030202B303030300D0A4D6573736167652D49443A203C6D732E6561306665343235613464623735626463366463646562663731326266303830406D6573612E6578616D706C653E0D0A496E2D5265706C792D546F3A203C3134406F74692E6578616D706C653E0D0A5265666572656E6365733A203C3133406F74692E6578616D706C653E203C6D732E6662353162616133396533383965323430346465353164386264333937643766406D6573612E6578616D706C653E203C3134406F74692E6578616D706C653E203C6D732E6561306665343235613464623735626463366463646562663731326266303830406D6573612E6578616D706C653E0D0A582D4D61696C626F742D5265666572656E63653A203C6D732E6561306665343235613464623735626463366463646562663731326266303830406D6573612E6578616D706C653E0D0A4175746F2D5375626D69747465643A206175746F2D7265706C6965640D0A582D4175746F2D526573706F6E73652D53757070726573733A2044522C20524E2C204E524E2C204F4F462C204175746F5265706C790D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F6D732E6561306665343235613464623735626463366463646562663731326266303830220D0A0D0A2D2D3D5F6D732E65613066653432356134646237356264633664636465626637313262663038300D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A2D2D20457363726962612073752072657370756573746120656E63696D612064652065737461206C3D43333D41446E6561202D2D0D0A0D0A4772616369617320706F7220726573706F6E6465722C204C757A2047696C2E0D0A0D0A50617261206174656E646572206C6120736F6C696369747564204D532D30303030303920746F6461763D43333D4144612066616C74612065737465206461746F2E20526573706F6E6461203D0D0A65737465206D656E73616A65207920657363723D43333D414462616C6F3A0D0A0D0A536564653A0D0A0D0A5369206E6F207469656E6520657365206461746F2C2065736372696261203D43323D41426E6F2074656E676F3D43323D42422079206C6F20726576697361723D43333D413120756E6120703D0D0A6572736F6E612E0D0A0D0A456C20706C617A6F206E6F2063616D6269613A20766965726E6573203230206465206E6F7669656D6272652C2031303A323120612E206D2E0D0A0D0A59612074656E656D6F733A0D0A2D2054656C3D43333D4139666F6E6F3A203330302035353520303130310D0A0D0A4D65736120646520536572766963696F730D0A45737465206D656E73616A65206573206175746F6D3D43333D41317469636F2C207065726F20737573207265737075657374617320733D43333D4144207365206C65656E2E0D0A0D0A2D2D3D5F6D732E65613066653432356134646237356264633664636465626637313262663038300D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21646F63747970652068746D6C3E0D0A3C68746D6C206C616E673D3344226573223E0D0A3C686561643E0D0A3C6D65746120636861727365743D3344227574662D38223E0D0A3C6D657461206E616D653D33442276696577706F72742220636F6E74656E743D33442277696474683D33446465766963652D77696474682C20696E697469616C2D7363616C653D334431223D0D0A3E0D0A3C6D657461206E616D653D334422636F6C6F722D736368656D652220636F6E74656E743D3344226C69676874206461726B223E0D0A3C6D657461206E616D653D334422737570706F727465642D636F6C6F722D736368656D65732220636F6E74656E743D3344226C69676874206461726B223E0D0A3C6D657461206E616D653D334422666F726D61742D646574656374696F6E2220636F6E74656E743D33442274656C6570686F6E653D33446E6F2C20646174653D33446E6F2C2061646472653D0D0A73733D33446E6F2C20656D61696C3D33446E6F223E0D0A3C7469746C653E477261636961732E20546F6461763D43333D4144612066616C74612031206461746F3C2F7469746C653E0D0A3C7374796C653E0D0A3A726F6F74207B20636F6C6F722D736368656D653A206C69676874206461726B3B20737570706F727465642D636F6C6F722D736368656D65733A206C69676874206461726B3B207D0D0A406D656469612028707265666572732D636F6C6F722D736368656D653A206461726B29207B0D0A20202E666F6E646F207B206261636B67726F756E643A20233130313431382021696D706F7274616E743B207D0D0A20202E686F6A61207B206261636B67726F756E643A20233161323032372021696D706F7274616E743B20636F6C6F723A20236536653965632021696D706F7274616E743B20626F726465723D0D0A2D636F6C6F723A20233263333533662021696D706F7274616E743B207D0D0A20202E63616A61207B206261636B67726F756E643A20233230326233372021696D706F7274616E743B20626F726465722D636F6C6F723A20233665613865302021696D706F7274616E743B3D0D0A20636F6C6F723A20236536653965632021696D706F7274616E743B207D0D0A20202E63697461207B20626F726465722D636F6C6F723A20233536363336662021696D706F7274616E743B20636F6C6F723A20236536653965632021696D706F7274616E743B207D0D0A20202E72617961207B20626F726465722D636F6C6F723A20233362343735342021696D706F7274616E743B207D0D0A20202E74656E7565207B20636F6C6F723A20236230626163342021696D706F7274616E743B207D0D0A7D0D0A3C2F7374796C653E0D0A3C2F686561643E0D0A3C626F647920636C6173733D334422666F6E646F22207374796C653D3344226D617267696E3A303B70616464696E673A303B6261636B67726F756E643A236565663166343B2D7765626B693D0D0A742D746578742D73697A652D61646A7573743A31303025223E0D0A3C64697620636C6173733D334422666F6E646F22207374796C653D33442270616464696E673A31367078203870783B6261636B67726F756E643A23656566316634223E0D0A3C64697620636C6173733D334422686F6A6122207374796C653D3344226D61782D77696474683A36303070783B6D617267696E3A30206175746F3B70616464696E673A32347078203230703D0D0A783B626F782D73697A696E673A626F726465722D626F783B6261636B67726F756E643A236666666666663B636F6C6F723A233163323433303B626F726465723A31707820736F6C696420233D0D0A6438646565353B626F726465722D7261646975733A3870783B666F6E743A313670782F312E35202D6170706C652D73797374656D2C275365676F65205549272C526F626F746F2C48656C763D0D0A65746963612C417269616C2C73616E732D73657269663B6F766572666C6F772D777261703A616E797768657265223E0D0A3C646976207374796C653D334422646973706C61793A6E6F6E653B666F6E742D73697A653A3170783B6C696E652D6865696768743A3170783B6D61782D6865696768743A303B6F766572663D0D0A6C6F773A68696464656E3B6D736F2D686964653A616C6C223E546F6461763D43333D4144612066616C74612031206461746F2070617261206174656E646572206C6120736F6C69636974753D0D0A64204D532D3030303030392E3C2F6469763E0D0A3C7020636C6173733D33442274656E756522207374796C653D3344226D617267696E3A30203020313670783B666F6E742D73697A653A313370783B636F6C6F723A23346135353633223E2D3D0D0A2D20457363726962612073752072657370756573746120656E63696D612064652065737461206C3D43333D41446E6561202D2D3C2F703E0D0A3C6831207374796C653D3344226D617267696E3A30203020313670783B666F6E742D73697A653A323170783B6C696E652D6865696768743A312E33223E477261636961732E20546F6461763D0D0A3D43333D4144612066616C74612031206461746F3C2F68313E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E4772616369617320706F7220726573706F6E6465722C204C757A2047696C2E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E50617261206174656E646572206C6120736F6C696369747564203C7374726F6E67207374796C653D3344227768693D0D0A74652D73706163653A6E6F77726170223E4D532D3030303030393C2F7374726F6E673E20746F6461763D43333D4144612066616C74612065737465206461746F2E20526573706F6E6461203D0D0A65737465206D656E73616A65207920657363723D43333D414462616C6F3A3C2F703E0D0A3C64697620636C6173733D33442263616A6122207374796C653D3344226D617267696E3A30203020313670783B70616464696E673A3134707820313670783B6261636B67726F756E643A233D0D0A6630663666643B626F726465722D6C6566743A34707820736F6C696420233161356661383B636F6C6F723A23316332343330223E0D0A3C70207374796C653D3344226D617267696E3A30223E3C7374726F6E673E536564653A3C2F7374726F6E673E266E6273703B3C2F703E0D0A3C2F6469763E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E5369206E6F207469656E6520657365206461746F2C2065736372696261203D43323D41426E6F2074656E676F3D0D0A3D43323D42422079206C6F20726576697361723D43333D413120756E6120706572736F6E612E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E456C20706C617A6F206E6F2063616D6269613A203C7374726F6E673E766965726E6573203230206465206E6F76693D0D0A656D6272652C2031303A323120612E206D2E3C2F7374726F6E673E3C2F703E0D0A3C6832207374796C653D3344226D617267696E3A323070782030203870783B666F6E742D73697A653A31377078223E59612074656E656D6F733C2F68323E0D0A3C756C207374796C653D3344226D617267696E3A30203020313670783B70616464696E673A30203020302032307078223E0D0A3C6C69207374796C653D3344226D617267696E3A30203020367078223E54656C3D43333D4139666F6E6F3A203C7374726F6E673E3330302035353520303130313C2F7374726F6E673E3C2F3D0D0A6C693E0D0A3C2F756C3E3C7020636C6173733D33442274656E7565207261796122207374796C653D3344226D617267696E3A32347078203020303B70616464696E673A31367078203020303B626F72643D0D0A65722D746F703A31707820736F6C696420236438646565353B666F6E742D73697A653A313470783B636F6C6F723A23346135353633223E3C7374726F6E673E4D65736120646520536572763D0D0A6963696F733C2F7374726F6E673E3C62723E0D0A45737465206D656E73616A65206573206175746F6D3D43333D41317469636F2C207065726F20737573207265737075657374617320733D43333D4144207365206C65656E2E3C2F703E0D0A3C2F6469763E0D0A3C2F6469763E0D0A3C2F626F64793E0D0A3C2F68746D6C3E0D0A0D0A2D2D3D5F6D732E65613066653432356134646237356264633664636465626637313262663038302D2D0D0A','sending','2026-11-19 15:22:00.000000',NULL,1,0,'otra:1:abcdef01','2026-11-19 15:22:00.000000',NULL,'',NULL);
INSERT INTO "outbox" VALUES(18,'soporte',10,16,'ana@oti.example','request','pedir_datos','ana@oti.example','Re: Otra contraseña más [MS-000010]','<ms.153edc071a5c47997aefd04aa6bff5b8@mesa.example>','<ms.153edc071a5c47997aefd04aa6bff5b8@mesa.example>','soporte@mesa.example',X'46726F6D3A204D65736120646520536572766963696F73203C736F706F727465406D6573612E6578616D706C653E0D0A546F3A20616E61406F74692E6578616D706C650D0A5375626A6563743A203D3F7574662D383F623F556D553649453930636D45675932397564484A68633258447357456762634F686379426254564D744D4441774D44457758513D3D3F3D0D0A446174653A205468752C203139204E6F7620323032362031353A32323A3030202B303030300D0A4D6573736167652D49443A203C6D732E3135336564633037316135633437393937616566643034616136626666356238406D6573612E6578616D706C653E0D0A496E2D5265706C792D546F3A203C3135406F74692E6578616D706C653E0D0A5265666572656E6365733A203C3135406F74692E6578616D706C653E203C6D732E3135336564633037316135633437393937616566643034616136626666356238406D6573612E6578616D706C653E0D0A582D4D61696C626F742D5265666572656E63653A203C6D732E3135336564633037316135633437393937616566643034616136626666356238406D6573612E6578616D706C653E0D0A4175746F2D5375626D69747465643A206175746F2D7265706C6965640D0A582D4175746F2D526573706F6E73652D53757070726573733A2044522C20524E2C204E524E2C204F4F462C204175746F5265706C790D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A206D756C7469706172742F616C7465726E61746976653B20626F756E646172793D223D5F6D732E3135336564633037316135633437393937616566643034616136626666356238220D0A0D0A2D2D3D5F6D732E31353365646330373161356334373939376165666430346161366266663562380D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A2D2D20457363726962612073752072657370756573746120656E63696D612064652065737461206C3D43333D41446E6561202D2D0D0A0D0A436F726469616C2073616C75646F2C20416E61205275697A3A0D0A0D0A5265636962696D6F7320737520636F7272656F2079206C6F2072656769737472616D6F7320636F6E20656C206E3D43333D42416D65726F204D532D3030303031302E0D0A0D0A5061726120706F646572206179756461726C65206E656365736974616D6F73206573746F73206461746F732E20526573706F6E64612065737465206D656E73616A6520636F6E20636164613D0D0A206461746F20656E20756E2072656E676C3D43333D42336E2C2061733D43333D41443A0D0A0D0A54656C3D43333D4139666F6E6F3A0D0A536564653A0D0A0D0A5369206E6F207469656E6520616C67756E6F2064652065736F73206461746F732C2065736372696261203D43323D41426E6F2074656E676F3D43323D42422079206C6F20726576697361723D0D0A3D43333D413120756E6120706572736F6E612E0D0A0D0A5469656E6520323420686F726173207061726120726573706F6E6465722061207061727469722064652065737465206D656E73616A652E205369206E6F207265636962696D6F73206C6F733D0D0A206461746F732C20636572726172656D6F73206C6120736F6C6963697475642073696E206174656E6465726C612E0D0A0D0A3D43323D42465961206E6F206E656365736974612061797564613F20526573706F6E646120736F6C6F206C612070616C616272612043414E43454C41522E0D0A0D0A506F72207375207365677572696461642C206E6F206E6F7320656E763D43333D41446520636F6E74726173653D43333D423161732E204E756E6361207365206C6173207065646972656D6F3D0D0A732E0D0A0D0A4D65736120646520536572766963696F730D0A45737465206D656E73616A65206573206175746F6D3D43333D41317469636F2C207065726F20737573207265737075657374617320733D43333D4144207365206C65656E2E0D0A0D0A2D2D3D5F6D732E31353365646330373161356334373939376165666430346161366266663562380D0A436F6E74656E742D547970653A20746578742F68746D6C3B20636861727365743D7574662D380D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A3C21646F63747970652068746D6C3E0D0A3C68746D6C206C616E673D3344226573223E0D0A3C686561643E0D0A3C6D65746120636861727365743D3344227574662D38223E0D0A3C6D657461206E616D653D33442276696577706F72742220636F6E74656E743D33442277696474683D33446465766963652D77696474682C20696E697469616C2D7363616C653D334431223D0D0A3E0D0A3C6D657461206E616D653D334422636F6C6F722D736368656D652220636F6E74656E743D3344226C69676874206461726B223E0D0A3C6D657461206E616D653D334422737570706F727465642D636F6C6F722D736368656D65732220636F6E74656E743D3344226C69676874206461726B223E0D0A3C6D657461206E616D653D334422666F726D61742D646574656374696F6E2220636F6E74656E743D33442274656C6570686F6E653D33446E6F2C20646174653D33446E6F2C2061646472653D0D0A73733D33446E6F2C20656D61696C3D33446E6F223E0D0A3C7469746C653E4E6F732066616C74616E2032206461746F732070617261206174656E6465726C653C2F7469746C653E0D0A3C7374796C653E0D0A3A726F6F74207B20636F6C6F722D736368656D653A206C69676874206461726B3B20737570706F727465642D636F6C6F722D736368656D65733A206C69676874206461726B3B207D0D0A406D656469612028707265666572732D636F6C6F722D736368656D653A206461726B29207B0D0A20202E666F6E646F207B206261636B67726F756E643A20233130313431382021696D706F7274616E743B207D0D0A20202E686F6A61207B206261636B67726F756E643A20233161323032372021696D706F7274616E743B20636F6C6F723A20236536653965632021696D706F7274616E743B20626F726465723D0D0A2D636F6C6F723A20233263333533662021696D706F7274616E743B207D0D0A20202E63616A61207B206261636B67726F756E643A20233230326233372021696D706F7274616E743B20626F726465722D636F6C6F723A20233665613865302021696D706F7274616E743B3D0D0A20636F6C6F723A20236536653965632021696D706F7274616E743B207D0D0A20202E63697461207B20626F726465722D636F6C6F723A20233536363336662021696D706F7274616E743B20636F6C6F723A20236536653965632021696D706F7274616E743B207D0D0A20202E72617961207B20626F726465722D636F6C6F723A20233362343735342021696D706F7274616E743B207D0D0A20202E74656E7565207B20636F6C6F723A20236230626163342021696D706F7274616E743B207D0D0A7D0D0A3C2F7374796C653E0D0A3C2F686561643E0D0A3C626F647920636C6173733D334422666F6E646F22207374796C653D3344226D617267696E3A303B70616464696E673A303B6261636B67726F756E643A236565663166343B2D7765626B693D0D0A742D746578742D73697A652D61646A7573743A31303025223E0D0A3C64697620636C6173733D334422666F6E646F22207374796C653D33442270616464696E673A31367078203870783B6261636B67726F756E643A23656566316634223E0D0A3C64697620636C6173733D334422686F6A6122207374796C653D3344226D61782D77696474683A36303070783B6D617267696E3A30206175746F3B70616464696E673A32347078203230703D0D0A783B626F782D73697A696E673A626F726465722D626F783B6261636B67726F756E643A236666666666663B636F6C6F723A233163323433303B626F726465723A31707820736F6C696420233D0D0A6438646565353B626F726465722D7261646975733A3870783B666F6E743A313670782F312E35202D6170706C652D73797374656D2C275365676F65205549272C526F626F746F2C48656C763D0D0A65746963612C417269616C2C73616E732D73657269663B6F766572666C6F772D777261703A616E797768657265223E0D0A3C646976207374796C653D334422646973706C61793A6E6F6E653B666F6E742D73697A653A3170783B6C696E652D6865696768743A3170783B6D61782D6865696768743A303B6F766572663D0D0A6C6F773A68696464656E3B6D736F2D686964653A616C6C223E4E6F732066616C74616E2032206461746F732070617261206174656E64657220737520736F6C696369747564204D532D30303D0D0A303031302E3C2F6469763E0D0A3C7020636C6173733D33442274656E756522207374796C653D3344226D617267696E3A30203020313670783B666F6E742D73697A653A313370783B636F6C6F723A23346135353633223E2D3D0D0A2D20457363726962612073752072657370756573746120656E63696D612064652065737461206C3D43333D41446E6561202D2D3C2F703E0D0A3C6831207374796C653D3344226D617267696E3A30203020313670783B666F6E742D73697A653A323170783B6C696E652D6865696768743A312E33223E4E6F732066616C74616E203220643D0D0A61746F732070617261206174656E6465726C653C2F68313E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E436F726469616C2073616C75646F2C20416E61205275697A3A3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E5265636962696D6F7320737520636F7272656F2079206C6F2072656769737472616D6F7320636F6E20656C206E3D0D0A3D43333D42416D65726F203C7374726F6E67207374796C653D33442277686974652D73706163653A6E6F77726170223E4D532D3030303031303C2F7374726F6E673E2E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E5061726120706F646572206179756461726C65206E656365736974616D6F73206573746F73206461746F732E20523D0D0A6573706F6E64612065737465206D656E73616A6520636F6E2063616461206461746F20656E20756E2072656E676C3D43333D42336E2C2061733D43333D41443A3C2F703E0D0A3C64697620636C6173733D33442263616A6122207374796C653D3344226D617267696E3A30203020313670783B70616464696E673A3134707820313670783B6261636B67726F756E643A233D0D0A6630663666643B626F726465722D6C6566743A34707820736F6C696420233161356661383B636F6C6F723A23316332343330223E0D0A3C70207374796C653D3344226D617267696E3A30223E3C7374726F6E673E54656C3D43333D4139666F6E6F3A3C2F7374726F6E673E266E6273703B3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3134707820302030223E3C7374726F6E673E536564653A3C2F7374726F6E673E266E6273703B3C2F703E0D0A3C2F6469763E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E5369206E6F207469656E6520616C67756E6F2064652065736F73206461746F732C2065736372696261203D43323D0D0A3D41426E6F2074656E676F3D43323D42422079206C6F20726576697361723D43333D413120756E6120706572736F6E612E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E5469656E65203C7374726F6E673E323420686F7261733C2F7374726F6E673E207061726120726573706F6E6465723D0D0A2061207061727469722064652065737465206D656E73616A652E205369206E6F207265636962696D6F73206C6F73206461746F732C20636572726172656D6F73206C6120736F6C696369743D0D0A75642073696E206174656E6465726C612E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A3020302031367078223E3D43323D42465961206E6F206E656365736974612061797564613F20526573706F6E646120736F6C6F206C6120703D0D0A616C616272612043414E43454C41522E3C2F703E0D0A3C70207374796C653D3344226D617267696E3A30223E506F72207375207365677572696461642C206E6F206E6F7320656E763D43333D41446520636F6E74726173653D43333D423161732E3D0D0A204E756E6361207365206C6173207065646972656D6F732E3C2F703E0D0A3C7020636C6173733D33442274656E7565207261796122207374796C653D3344226D617267696E3A32347078203020303B70616464696E673A31367078203020303B626F726465722D746F3D0D0A703A31707820736F6C696420236438646565353B666F6E742D73697A653A313470783B636F6C6F723A23346135353633223E3C7374726F6E673E4D65736120646520536572766963696F733D0D0A3C2F7374726F6E673E3C62723E0D0A45737465206D656E73616A65206573206175746F6D3D43333D41317469636F2C207065726F20737573207265737075657374617320733D43333D4144207365206C65656E2E3C2F703E0D0A3C2F6469763E0D0A3C2F6469763E0D0A3C2F626F64793E0D0A3C2F68746D6C3E0D0A0D0A2D2D3D5F6D732E31353365646330373161356334373939376165666430346161366266663562382D2D0D0A','queued','2026-11-19 15:22:00.000000','2026-11-19 15:22:00.000000',0,0,NULL,NULL,NULL,'',NULL);
CREATE TABLE participant (
	case_id INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	CONSTRAINT pk_participant PRIMARY KEY (case_id, email), 
	CONSTRAINT fk_participant_case_id FOREIGN KEY(case_id) REFERENCES "case" (id)
);
INSERT INTO "participant" VALUES(1,'abierto@oti.example');
INSERT INTO "participant" VALUES(1,'soporte@mesa.example');
INSERT INTO "participant" VALUES(2,'en_proceso@oti.example');
INSERT INTO "participant" VALUES(2,'soporte@mesa.example');
INSERT INTO "participant" VALUES(3,'activo_proveedor@oti.example');
INSERT INTO "participant" VALUES(3,'soporte@mesa.example');
INSERT INTO "participant" VALUES(4,'solucionado@oti.example');
INSERT INTO "participant" VALUES(4,'soporte@mesa.example');
INSERT INTO "participant" VALUES(5,'cerrado@oti.example');
INSERT INTO "participant" VALUES(5,'soporte@mesa.example');
INSERT INTO "participant" VALUES(6,'anulado@oti.example');
INSERT INTO "participant" VALUES(6,'soporte@mesa.example');
INSERT INTO "participant" VALUES(7,'ana@oti.example');
INSERT INTO "participant" VALUES(7,'soporte@mesa.example');
INSERT INTO "participant" VALUES(8,'nagios@oti.example');
INSERT INTO "participant" VALUES(9,'luz@oti.example');
INSERT INTO "participant" VALUES(9,'soporte@mesa.example');
INSERT INTO "participant" VALUES(10,'ana@oti.example');
INSERT INTO "participant" VALUES(10,'soporte@mesa.example');
CREATE TABLE person (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	address VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	CONSTRAINT uq_person_address UNIQUE (address)
);
INSERT INTO "person" VALUES(1,'ana@oti.example','Ana Ruiz','usuaria');
CREATE TABLE progress (
	mailbox VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid_seen BIGINT NOT NULL, 
	first_uidnext BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	read_up_to DATETIME, 
	CONSTRAINT pk_progress PRIMARY KEY (mailbox, folder)
);
INSERT INTO "progress" VALUES('soporte','INBOX',688769677,116,101,'2026-11-18 15:00:00.000000','2026-11-19 15:22:00.000000');
INSERT INTO "progress" VALUES('redes','INBOX',688780998,100,101,'2026-11-18 15:00:00.000000','2026-11-18 15:00:00.000000');
CREATE TABLE raw_chunk (
	message_id INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	compressed BOOLEAN NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_raw_chunk PRIMARY KEY (message_id, n), 
	CONSTRAINT fk_raw_chunk_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "raw_chunk" VALUES(1,0,1,X'78015D8FC14AC3401445F703F30F8FAE9D9A100265EC98D25AA18BAE0CEE27C94B1C49E68D33AF503FC7A5DFD11F338A057177179773EE7D8C3469B08DC3C804EBDFB021764B3CDB298C782FC5D3A979C5963598EAC4BD5A556FD58E3C479BD0EC0AB3CD6D65A0C32B468A23A664075487070DEBFC1FAD260D890245C6CD84C95E45527C43D1B3AADF036A603CF36D18ADF377D0BED89890CDE2C7BFF8538DD6A71EA3DAFB963AE7070DABC6F13CE170DCAB678CC991D7902F3329A4A871BC7CF6E4E705459641599690E5593E3FC46E366E6920BE7CDC407089A090E20BFE525D6C');
INSERT INTO "raw_chunk" VALUES(2,0,1,X'78015D90414EC3301045F7967C8751D7B82444912AD390AAA5485D7445C416B9C92418251E634FA5721C969CA317C320212A76B3F87AFFFD7908346940F7EC03B51809967FF78AD8CEF164263FE29D148FC7C32BB6ACA1AA8FDCAB45FD566FC8713011AB4D51AD735357D0E1054C8A3DC6680654BB7B0DCB9B7FC0863444F21418571346F3DB25C537171DABE6DDA306C6135FFBD158770BED8B0911B99AFD28CC2EA2C1B8D863505BD75267DDA06171B09C1476FBAD7AC2102D390DF93C93428A06C7F3674F2E191459066559429667791A895D6A5CD3407CFEB8026FD34B0A29BE00404F6142');
INSERT INTO "raw_chunk" VALUES(3,0,1,X'7801658FC16AC2401445F703F30F0FD78D4D0801993A8D682DB870D5D06D1993973892CC9BCE3CC57E4E97FD0E7FAC69A150747BB99C7BEE73A04181A9D99EE8CD073A213614607E9D2C88ED14CF66F03D3E4AF172DC1DB06605BA3C729BCCCAF772458E8389A857B95E66A6D4D0E00D588A2DC6683A4C364F0AE6F915B62205913C05C6C580D1FC2D4AF14347C749F5E15101E399EF7D6FAC7B807A6F4244D6935F91C9BF6A302EB61892B5ABA9B1AE5330DB591E1536DB75F28A215A720AB2692A851415F697AF96DC6890A729144501699666E3556CC6C52575C497CF3BF03612E4527C0329F168ED');
INSERT INTO "raw_chunk" VALUES(4,0,1,X'78015D8F416AC3301045F702DD61C8BA4A6D5C4350E23A244D218BAC6ABA57ECB1AB626B54690CE971BAEC3972B13A8582E9726078EFFDE740838648FD585B72A621D8CC8E2DB15DE2C50CBEC747295EC6F33BD6ACA128476ED5AAFC28F7E4389888C53E2B76A9290B68708E93E284319A0ED5F149C3E6E11FB1A29BDC5360DC0E18CD9F4C8A1B181DABEAD3A306C60BDFFBDE58B786FACD84885C2C7E1B16B3D7605C6C31A883ABA9B1AED3B03A5B9E128EA7837AC510A7891AD26522851415F6D7EF96DC54902509E4790E499AA4D34A6C26E38E3AE2EBD71D781B0932297E00C835629D');
INSERT INTO "raw_chunk" VALUES(5,0,1,X'78015D8F4D6AC3301085F702DD61C8BA4A658C21A8511DF253C822AB9AEE157BECAAD81A479A407A9C2E7B8E5CAC6E69A074F7168FEF7BEF29D260A0C6185D43B0FC0D2B623FC78B1BC61E1FA5783E1FDFB06603B63C73AB16E5A9DC50E0E812DA4D6ED7992B2D3478C34871C0945C876ABF35B02CFED12A329068A4C8B81A30B99B488A6F280656D5FB8806182F7C3FF6CE8707A85F5D4CC876F6E39FFDA94617528B51ED424D8D0F9D81C5D1F334617FD8A9178CC9533090CDB5145254D85F3F5B0AD3825C6B288A0274A6B3E9213693714D1DF1F5E30E469F087229BE00F0765D5E');
INSERT INTO "raw_chunk" VALUES(6,0,1,X'78015D8F416AC3301045F702DD61C8BA4A6D8C4B50E33A244D218BAC6ABA57ECB1AB606B14690CE971BAEC3972B1BAA58192DD5F7CDEFBFF25D0A0C1B8B1370DC1F22FAC88ED1CCF66F03D3E49F13A1E8E58B386A21CB9558BF2546EC87130118B4D56AC535316D0E01523C51E63341DAADDB386E5C30DAD220D913C05C6D580D15C4552FC40D1B1AA3E3C6A603CF3BDEF8D758F50BF9B10918BD9AF7FF6AF1A8C8B2D06B5753535D6751A1607CBD384DD7EABDE30444B4E433A4FA490A2C2FEF2D5929B16644902799E439226E9F4109BC9B8A68EF8F27907DE46824C8A6FFD1A5D6B');
INSERT INTO "raw_chunk" VALUES(7,0,1,X'78015DCE414BC3401086E1FBC2FE87A167375A3C54D6AEA9D68A3DF4A2C5FB3499D6956426EE4CA0FAEBAD8220DE3FDEE77B28D247B86584A7317FC21C191762B9A223F6434737DE3D8FBB376A2C42AA47DB87ABFABD5E0A5B41A5B4BC4C7753AC13686668D144BDDB902A1E28ACEF23CC67FF625B89A03248315AF4A4F8EB78F7DD24B6B0FD182882D1D1CE870E335F43F38A45C9D2E4879FFC991664DD53092B6EA4CD7C8830DB653B5D586F56E1858A66E108D3EAC23BEF1EA5C333608161A456E064152C95775F818A54AD');
INSERT INTO "raw_chunk" VALUES(8,0,1,X'78015DCECD4E02411004E0FB24F30E1DCECEAAF1808CACCBAF91031725DE9BA5C121BBDDC34C6F823EBD1B1212E2BDAABE7A4BD27A9832C247177E618C8C13D150D019DBD8D0AB359FDDF648B57A28AB4EF7EEB93A55336948CBF953395D70555AB3A69CF1406EB5F0301EFDEB6FC44396284969D252C6EBB43573612556B7F989E441E9ACF7B1C1C02F507F63CA3D31B888839B6842CE7B4A6EC9B5EC021F3C0CB741FB0BABF5D27D51CA41D8C363F1608D35EFD2E01DB040EC6827D05B095361CD1FE8984FE0');
INSERT INTO "raw_chunk" VALUES(9,0,1,X'78015D8E414BC3401085EF0BFB1F869EDDB43D296B95528D58302A5ABC4FD349BA92CC2C3B13A8FFDE2208E2E95DDEF7BEF750648CF08C7D128515FFE45A2C5574C2310F74EBDDFBB4FFA4D622BCBEBD6C9EEA068EA2063874E85D43AAD853D8DE47582D17FFC89D4450C9528CD62329FE8E7A77276CC416765F9922189D6C9E074C7C0DED118B92DDCC26EBC2D5EC4FB5206B4725D4DCCA21711FE1729FECFC61DBD4E1838A26E108CB6AE19D778F32E005B0409EE8207076152C9577DF05B64F0F');
INSERT INTO "raw_chunk" VALUES(10,0,1,X'78015DCE314F02411086E17E93FD0F136AF7D04AB202C128460A1A20F673C7806BEE6636B3B309F2EBBDC684D03F79BFEF436588F0CA08BB9AAE3047C695586AE88243EE69E9DDBEB63FD4D988FAA1925EC5BB2D9582670A9BF708F3D99D3F48842259D4683550C1FF94776FC2466CE1F09B2982D1C5A6B9C7C42FD07DA316B2C5A4DA29CC26375491CB8934ACB99363E27384E736D97861B35D872FD29284233C358FDE79F7293D3E000BE44A4781714B511BEFFE00CCC54BBA');
INSERT INTO "raw_chunk" VALUES(12,0,1,X'780195DACD8A13411486E17D20F710661FED53FF15475114C1851BF506324E2B914967984964F4EA2DA1BF6A70E5BB3B8B3E9CCD432D5EFAFDC3E9B8DBBC99F69B4F97C3EFCDF57EDABF3E9D0FCFC6A7FDF1FE6E7CB55E7DBEDCFC18BF9E779B9FE3344EA7F5EAE3F8F8B8FF3E6E3FBCDB6DAECDFEF9FCED693A8FD379FBE5D7FDB8DB1C2F77E7C3FDFEE1FCFC78781A6F5F6C6E4E97E976FFF0EBE5D570B55EAD57DBEDB05EFDF78ECD3B0676DCBCE3C08E9F773CD809F34E003B71DE896027CD3B09ECE47927839D32EF14B053E79D0A764C100C49E81488051306231A4C1C8C7830813022C244C28809130A232A4C2C8CB830C13022C344C3880D271B8ED870B2E1880D271B8ED870B2E1880D271B8ED870B2E1880D271B8ED870B2E1880D271B8ED870B2E1880D2F1B9ED8F0B2E1890D2F1B9ED8F0B2E1890D2F1B9ED8F0B2E1890D2F1B9ED8F0B2E1890D2F1B9ED8F0B2E1898D201B81D808B211888D201B81D808B211888D201B81D808B211888D201B81D808B211888D201B81D808B211888D281B91D888B211898D281B91D888B211898D281B91D888B211898D281B91D888B211898D281B91D888B211898D241B89D848B291888D241B89D848B291888D241B89D848B291888D241B89D848B291888D241B89D848B291888D2C1B99D8C8B291898D2C1B99D8C8B291898D2C1B99D8C8B291898D2C1B99D8C8B291898D2C1B99D8C8B291898D221B85D828B251888D221B85D828B251888D221B85D828B251888D221B85D828B251888D221B85D828B251888D2A1B95D8A8B251898D2A1B95D8A8B251898D2A1B95D8A8B251898D2A1B95D8A8B251898D2A1B95D8A8B251890D1B84A34DA89989870DC4870D02D226744F446C20466C109236A17B626203716283A0B409DD13151B88151B84A54DE89EB8D880BC2CB114D6D2EEC590972598B262BA2453D64C9768CAAAE9924D59375DC2292BA74B3A65ED7489A7AC9E2EF914F553EB01B54DC4674FA8861AAAF588DA2674AFBF2FA8A35A0FA96D42F7FAFB825AAAF598DA2674AFBF2FA8A75A0FAA6D42F7FAFB829AAAF5A8DA2672AF6755435DD57A586D13BAD7BDA0B66A3DAEB609DDEB5E505FB51E58DB84EE752FA8B15A8FAC6D42F7BA17D459AD87D636917B3DB51A6AADD6636B9BD0BDEE05F556EBC1B54DE85EF7829AABF5E8DA2674AF7B41DDD57A786D13BAD7BDFC6DAFEBD5B7D374DB7E0DF803CFCC0D50');
INSERT INTO "raw_chunk" VALUES(13,0,0,X'46726F6D3A20416E61205275697A203C616E61406F74692E6578616D706C653E0D0A5375626A6563743A20556E20636F7272656F206772616E64650D0A4D6573736167652D49443A203C3132406F74692E6578616D706C653E0D0A546F3A20736F706F727465406D6573612E6578616D706C650D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D227574662D38220D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A4D494D452D56657273696F6E3A20312E300D0A0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A');
INSERT INTO "raw_chunk" VALUES(13,1,0,X'6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73');
INSERT INTO "raw_chunk" VALUES(13,2,0,X'20656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F73203D0D0A656E20706564617A6F7320656E20706564617A6F7320656E20706564617A6F732065');
INSERT INTO "raw_chunk" VALUES(13,3,0,X'6E20706564617A6F733D32300D0A');
INSERT INTO "raw_chunk" VALUES(14,0,1,X'78015D8E414B03311046EF81FC87A167B3BAF4A0C4C62DD6AA057BB2789F6EA73592CDC46402B5BFDEAD2088F7EFBDF73D661E2CBCD4133CF900B3504F7316DFD0118714E84EABD7BAFDA05E2CB8AECADEDC749FDD82A3642CE4165377DF62E72071869ECF8460D66A4DA5E081CCEAC1C2AC9DFE336ED842E111119A0F54F037A6D5594C51CCE62B9105A1A35CA6803EDE42FF8EB990B8C9CF87C99F69C658F694CD32F6BCF3F160E17AEB65FCB05A2FCD1BE5E2395A689B2BADB47AE68017101952A51DC3D8CA981BADBE0121FE5655');
INSERT INTO "raw_chunk" VALUES(15,0,1,X'78019D54DD4F2231107F27D9FF61E233CBF11985734540BC98A831402EB95CEE61D80E58D36DD7B66BC4BFFEA64570F5511E48BA3B33BFAFE95E5B538CE0B67A835F52C1B9AADE2E8D972D7AC5A25474913496D5FA89723F82058D201B577E939E8D9FC733A3BD4547D9AC974D3B38CEA034167213BA3C5AF87BB74CDBE137FC9734EEC839DC527A733582F34EFF0BC2CA8CC0196EF7745990C30378D2B8D1E9824AB54B43C979E15A9BF5A0B346EC0DA97736A46EBFDD1734E888B3B5E80D4FC5E9E6533F935FD0862CE99C5C00EE7D01FED6C86F3505B748FB74B52BD9454FAFFE47A950EA9F903FA275E4B39368EC49D238965AD48ED9A7739D1B21F57604CF95F124D2D24AED71AD888DBDB99BA7BFC93A69F4083AAD76D2481A2B522195C9706334FBD66BB761301840BBD3EE84D7730585DC17D8DC2872A01082EF402EB7721DDF4D7BA3A47101690AF3F810C15560C9951539CF953A97058220EEE1E31EEF4A137207F7655D26720133638544050E55254CF3B06561F27BC58272062C8C0BE373632D19D881320CB5958E172CBCCA8D0652A0E3AA4D0AB2068ECBD5FA98F5801679090559C05D25D02A024D1CBDF4710C33E56102F9BFC5CBEC4AA345D0EC89D56B874F1491721498258D58C83AA1D24C466FA3C4694F37015D34EFAA26E3B3E341FA9204D50A9612B4012F4913A0DA567C88DE1D0835DFBD47C866DD6C320DC50C6AC2693A3D58F2221D5AE616F13BCC8CF572F64663CD865504E9F6E1D1F0FD8432B8128263B5C199F0C04BFB1EDD517A0BF614ED311065DCC106D7849CAC454B210EDE166794CCA5AF0438A901992ACF56751691F8F51F0CB20F21EC63197F78CF634C1857A2C235D39C4DEE67F3DBC9A2A6E6813F2ABC1A8EB695950245330E6416A45FF631C4D4EA9F224EF7BED239B3241ECE0E90908139AB71B5C9FC4D8A0BBC24FBC2628C0BB1CDEBDBC037032B6F8ABDDD5EE6BCC2ECB76142EEE32EF0EAEE89443C22CD18FF0111B5AD21');
INSERT INTO "raw_chunk" VALUES(16,0,1,X'78015D8E414BC3401085EF0BFB1F869E4D3488286BB769AD157B28422D5ECB349DD6956466DD9D40F5D71B0541BC3D1E8FEF7B0F493A07334658F7E113C6C838150D259DB08B2D4DAC79EE776FD4A883274D08BEEEF550DCD4EF75233C1499FCFCD2DF55B8EDBEC3ACCAB5B7664539E3918AE5BD837175F58FB8110759A224A56947197F65D6CC0726B1169B8F480E944E7A1E5B0C7C0BCD2BA64CEA473FFAD19F6942CE074AC5821BD9073E3AB8DE051D3E2C578BE285520EC20EAAF2C21A6B1EA5C5336081D8D35E6070254CA5355FC51E55AE');
CREATE TABLE relation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	a INTEGER NOT NULL, 
	b INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT uq_relation_a_b_kind UNIQUE (a, b, kind), 
	CONSTRAINT ck_relation_two_cases CHECK (a <> b), 
	CONSTRAINT fk_relation_a FOREIGN KEY(a) REFERENCES "case" (id), 
	CONSTRAINT fk_relation_b FOREIGN KEY(b) REFERENCES "case" (id)
);
INSERT INTO "relation" VALUES(1,2,1,'related','cli:luz','2026-11-18 15:06:00.000000');
CREATE TABLE remembered (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	address VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	message_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT uq_remembered_address_field UNIQUE (address, field), 
	CONSTRAINT fk_remembered_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "remembered" VALUES(1,'ana@oti.example','telefono','300 555 0101',1,'2026-11-18 15:00:00+00:00');
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('oauth2:soporte','{"refresh_token": "secreto"}','2026-11-19 15:22:00.000000');
CREATE INDEX ix_case_requester ON "case" (requester_email, state);
CREATE INDEX ix_case_ended ON "case" (closed_at) WHERE closed_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX ix_case_state ON "case" (state, id, mailbox);
CREATE INDEX ix_case_correlation ON "case" (rule, correlation, state) WHERE correlation IS NOT NULL;
CREATE INDEX ix_case_attention ON "case" (id) WHERE attention IS NOT NULL;
CREATE UNIQUE INDEX uq_message_content_hash ON message (content_hash) WHERE duplicate_of IS NULL;
CREATE INDEX ix_message_failed ON message (mailbox, received_at) WHERE outcome = 'failed';
CREATE INDEX ix_message_outcome ON message (outcome);
CREATE INDEX ix_message_alone ON message (stored_at) WHERE removed_at IS NULL AND outcome NOT IN ('opened', 'updated', 'on_closed_case', 'failed');
CREATE INDEX ix_message_case_id ON message (case_id);
CREATE INDEX ix_message_message_id ON message (message_id);
CREATE INDEX ix_clock_case_id ON clock (case_id);
CREATE UNIQUE INDEX uq_clock_running ON clock (case_id, kind) WHERE done_at IS NULL;
CREATE INDEX ix_clock_due ON clock (due) WHERE done_at IS NULL;
CREATE INDEX ix_relation_b ON relation (b);
CREATE INDEX ix_location_to_move ON location (mailbox, folder, uidvalidity, uid) WHERE to_move = 1;
CREATE INDEX ix_location_message_id ON location (message_id);
CREATE INDEX ix_outbox_counted ON outbox (queued_at, role, status);
CREATE INDEX ix_outbox_case_id ON outbox (case_id);
CREATE INDEX ix_outbox_party ON outbox (party, queued_at);
CREATE INDEX ix_outbox_open ON outbox (mailbox, next_attempt_at, id, status) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX ix_outbox_sent_message_id ON outbox (sent_message_id) WHERE sent_message_id IS NOT NULL;
CREATE INDEX ix_outbox_sending ON outbox (status, mailbox) WHERE status = 'sending';
CREATE INDEX ix_outbox_recipient ON outbox (recipient, queued_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('message',16);
INSERT INTO "sqlite_sequence" VALUES('location',32);
INSERT INTO "sqlite_sequence" VALUES('case',10);
INSERT INTO "sqlite_sequence" VALUES('event',29);
INSERT INTO "sqlite_sequence" VALUES('outbox',18);
INSERT INTO "sqlite_sequence" VALUES('relation',1);
INSERT INTO "sqlite_sequence" VALUES('clock',4);
INSERT INTO "sqlite_sequence" VALUES('person',1);
INSERT INTO "sqlite_sequence" VALUES('remembered',1);
COMMIT;
